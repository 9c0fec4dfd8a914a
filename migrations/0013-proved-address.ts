/** A link proves the address that it was sent to: once the login has another address, links that are out are void. */
import type { Knex } from 'knex'
import { door, triggerFunction } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await triggerFunction(
    knex,
    'void_links',
    `begin
       update invitations i set used_at = now() where i.user_id = new.id and i.used_at is null;
       return null;
     end`
  )
  await knex.raw(`create trigger void_links after update of email on users
    for each row when (old.email is distinct from new.email) execute function app.void_links()`)
  await knex.raw(`create index invitations_of_user on invitations (tenant_id, user_id) where used_at is null`)
  await invite(knex)
}

/** As before, but an address that is changing is waited for: else a link would be made that the change does not see. */
async function invite(knex: Knex): Promise<void> {
  await knex.raw('drop function app.invite(text, text, text, int)')
  await door(
    knex,
    'app.invite(tenant text, entry text, a_token_hash text, days int)',
    'table(email text, name text, tenant_name text)',
    `declare who text := (select o.payload ->> 'user_id' from outbox o where o.tenant_id = tenant and o.id = entry);
     begin
       perform from users u where u.id = who and u.disabled_at is null and u.email is not null
         and u.email_verified_at is null for share;
       if not found then return; end if;
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
}

/** There is no way back: links would prove addresses that they were not sent to. */
export async function down(): Promise<void> {
  throw new Error('Links that are void stay so: drop the database instead')
}
