/** Doors of the mail of invitations and of the one-time link in it: what is stored is the hash of the link's token. */
import type { Knex } from 'knex'
import { door } from './functions.js'

export async function invitations(knex: Knex): Promise<void> {
  await knex.raw('create unique index invitations_token_key on invitations (tenant_id, token_hash)')
  // Whom to write to; nobody when the invitation has nothing left to do. A second attempt finds the same link.
  await door(
    knex,
    'app.invite(tenant text, entry text, a_token_hash text, days int)',
    'table(email text, name text, tenant_name text)',
    `declare who text := (select o.payload ->> 'user_id' from outbox o where o.tenant_id = tenant and o.id = entry);
     begin
       if not exists (select from users u where u.id = who and u.disabled_at is null and u.email is not null
           and u.email_verified_at is null) then return; end if;
       insert into invitations (tenant_id, id, user_id, token_hash, expires_at)
       values (tenant, entry, who, a_token_hash, now() + make_interval(days => days))
       on conflict on constraint invitations_pkey do nothing;
       return query select u.email::text, p.full_name, t.name from users u
         join tenants t on t.id = tenant
         left join memberships m on m.tenant_id = tenant and m.user_id = u.id and m.disabled_at is null
         left join membership_profiles p on p.tenant_id = tenant and p.membership_id = m.id
         where u.id = who
           and not exists (select from invitations i where i.tenant_id = tenant and i.id = entry and i.used_at is not null);
     end`
  )
  // What failed is due again later; without a delay it is given up, and says why.
  await door(
    knex,
    'app.postpone_outbox(tenant text, entry text, failure text, delay interval)',
    'void',
    `update outbox o set error = failure, due_at = coalesce(now() + delay, o.due_at),
       done_at = case when delay is null then now() end
     where o.tenant_id = tenant and o.id = entry`
  )
  const OPEN = `i.token_hash = a_token_hash and i.used_at is null and i.expires_at > now()
    and exists (select from users u where u.id = i.user_id and u.disabled_at is null)`
  await door(
    knex,
    'app.open_invitation(a_token_hash text)',
    'table(tenant_name text, has_password boolean)',
    `select t.name, u.password_hash is not null from invitations i join tenants t on t.id = i.tenant_id
     join users u on u.id = i.user_id where ${OPEN}`
  )
  await door(
    knex,
    'app.redeem_invitation(a_token_hash text, a_password_hash text)',
    'boolean',
    `declare mine record;
     begin
       update invitations i set used_at = now() where ${OPEN} returning i.tenant_id, i.user_id into mine;
       if mine.user_id is null then return false; end if;
       update users u set password_hash = coalesce(a_password_hash, u.password_hash), email_verified_at = now()
       where u.id = mine.user_id;
       if a_password_hash is not null then perform app.revoke(mine.user_id, floor(extract(epoch from now()))::bigint); end if;
       update invitations i set used_at = now() where i.user_id = mine.user_id and i.used_at is null;
       insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id)
       select m.tenant_id, gen_random_uuid()::text, mine.user_id, 'INVITATION_REDEEMED', 'PractitionerRole', r.id
       from memberships m join practitioner_roles r on r.tenant_id = m.tenant_id and r.membership_id = m.id
       where m.tenant_id = mine.tenant_id and m.user_id = mine.user_id and m.disabled_at is null;
       return true;
     end`
  )
}
