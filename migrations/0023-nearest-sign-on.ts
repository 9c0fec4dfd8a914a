/** P6: a tenant below does not keep others from signing on by giving their number at the facility away again. */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop function app.users_signed_on(text, text, text)')
  await signOn(knex)
}

/** There is no way back: users would be kept out again. */
export async function down(): Promise<void> {
  throw new Error('Who signs on by a number cannot be taken back: drop the database instead')
}

/** Of several with one number at a facility, the one of the tenant that is nearest to the facility's signs on. */
async function signOn(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.users_signed_on(kind text, facility text, subject text)',
    'setof text',
    `with recursive tree as (
       select f.tenant as id, 0 as depth from facilities f where f.id = facility and f.kind = 'sso' and f.active
         and users_signed_on.kind = 'facility'
       union all select t.id, tree.depth + 1 from tree join tenants t on t.parent_id = tree.id)
       cycle id set seen using way,
     numbered as (
       select m.user_id, tree.depth from tree
       join practitioner_identifiers i on i.tenant_id = tree.id and i.value = subject
         and i.assigner_id = 'f-' || facility and i.type_code = 'PRN'
       join practitioners p on p.tenant_id = i.tenant_id and p.id = i.practitioner_id and p.deleted_at is null
       join memberships m on m.tenant_id = p.tenant_id and m.id = p.membership_id
       where m.disabled_at is null and m.status = 'approved')
     select u.id from users u where kind = 'username' and lower(u.username) = lower(subject collate "C")
       and u.disabled_at is null
     union select u.id from users u
       where kind = 'email' and lower(u.email) = lower(subject collate "C") and u.email_verified_at is not null
       and u.disabled_at is null
     union select n.user_id from numbered n where n.depth = (select min(depth) from numbered)`
  )
}
