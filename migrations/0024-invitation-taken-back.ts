/** P11, P15: taking an invitation back that was not accepted ends no session that its user has elsewhere. */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop function app.end_membership(text)')
  await ending(knex)
}

/** There is no way back: invitations would end sessions elsewhere. */
export async function down(): Promise<void> {
  throw new Error('What invitations may do cannot be taken back: drop the database instead')
}

/** P15, as before; but an invitation that was not accepted never let its user in. */
async function ending(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.end_membership(membership text)',
    'void',
    `declare
       member text;
       entered boolean;
     begin
       select m.user_id, m.accepted_at is not null into member, entered from memberships m
       where m.tenant_id = app.tenant_id() and m.id = membership;
       perform from users u where u.id = member for update;
       update memberships m set status = 'suspended', disabled_at = coalesce(m.disabled_at, now())
       where m.tenant_id = app.tenant_id() and m.id = membership;
       update users u set disabled_at = now() where u.id = member and u.disabled_at is null and not u.is_admin
         and not exists (select from memberships m where m.user_id = u.id and m.disabled_at is null);
       if entered then perform app.revoke(member, floor(extract(epoch from now()))::bigint); end if;
     end`
  )
}
