/** Who comes with a link that is too old may have another one sent: to the address of the login, once for each link. */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  const LATE = `i.token_hash = a_token_hash and i.used_at is null and i.expires_at <= now()
    and exists (select from users u where u.id = i.user_id and u.disabled_at is null and u.email is not null
      and u.email_verified_at is null)`
  await door(
    knex,
    'app.is_late(a_token_hash text)',
    'boolean',
    `select exists (select from invitations i where ${LATE})`
  )
  await door(
    knex,
    'app.invite_again(a_token_hash text)',
    'boolean',
    `with late as (update invitations i set used_at = now() where ${LATE} returning i.tenant_id, i.user_id),
       due as (insert into outbox (tenant_id, id, kind, payload)
         select l.tenant_id, gen_random_uuid()::text, 'invitation', jsonb_build_object('user_id', l.user_id) from late l
         returning id)
     select exists (select from due)`
  )
}

export async function down(knex: Knex): Promise<void> {
  for (const name of ['is_late', 'invite_again']) await knex.raw(`drop function app.${name}(text)`)
}
