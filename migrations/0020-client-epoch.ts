/** The token endpoint hears until when tokens of a client are void: a new one must not be void from the start. */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop function app.client(text)')
  await client(knex, ', revoked bigint', ', (select r.epoch from revoked_subjects r where r.subject = c.id)')
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function app.client(text)')
  await client(knex, '', '')
}

const client = (knex: Knex, column: string, value: string): Promise<void> =>
  door(
    knex,
    'app.client(client_id text)',
    `table(id text, tenant text, scopes text, secret_hash text, jwks jsonb, jwks_uri text, disabled boolean${column})`,
    `select c.id, c.tenant, c.scopes, c.secret_hash, c.jwks, c.jwks_uri,
       c.disabled_at is not null or not app.tenant_active(c.tenant)${value}
     from oauth_clients c where c.id = client_id`
  )
