/** The floor: the server's role, the binding of a session to a tenant, versions, history, audit, outbox. */
import type { Knex } from 'knex'
import { foldFunction } from './schema/fold.js'
import { door, SERVER_ROLE } from './schema/functions.js'
import { globalTable, rootTable, tenantTable } from './schema/tables.js'
import { versionFunctions } from './schema/versions.js'

const CODE = 'text collate "C"'

export async function up(knex: Knex): Promise<void> {
  await requireUtf8(knex)
  await serverRole(knex)
  await knex.raw('create schema app')
  await knex.raw('grant usage on schema app to public')
  for (const extension of ['btree_gist', 'pg_trgm'])
    await knex.raw(`create extension if not exists ${extension} with schema public`)
  await session(knex)
  await foldFunction(knex)
  await versionFunctions(knex)
  await versions(knex)
  await revocation(knex)
  await audit(knex)
  await outbox(knex)
}

/** There is no way back below the floor: it would drop every tenant's rows. */
export async function down(): Promise<void> {
  throw new Error('The first migration cannot be undone: drop the database instead')
}

async function requireUtf8(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { server_encoding: string }[] }>('show server_encoding')
  if (rows[0]?.server_encoding !== 'UTF8')
    throw new Error(`The database has encoding ${rows[0]?.server_encoding}: create it with encoding UTF8`)
}

/** The role is the cluster's, not the database's: it may stand already, and another migration may make it just now. */
async function serverRole(knex: Knex): Promise<void> {
  const { rows } = await knex.raw<{ rows: { me: string }[] }>('select quote_ident(session_user) as me')
  try {
    await knex.raw(`do $$ begin
        if not exists (select from pg_roles where rolname = '${SERVER_ROLE}') then create role ${SERVER_ROLE} nologin; end if;
      exception when duplicate_object or unique_violation then null; end $$`)
    await knex.raw(`do $$ begin
        if not pg_has_role(current_user, '${SERVER_ROLE}', 'member') then grant ${SERVER_ROLE} to current_user; end if;
      end $$`)
  } catch (error) {
    if ((error as { code?: string }).code !== '42501') throw error
    const remedy = `create role ${SERVER_ROLE} nologin; grant ${SERVER_ROLE} to ${rows[0]?.me};`
    throw new Error(
      `The database user may not create or take the role ${SERVER_ROLE}: let a superuser run "${remedy}" once`,
      { cause: error }
    )
  }
}

/**
 * Who the session works for. `app.bind` never raises: the statement that is sent behind it, unawaited, must not run
 * under the tenant before. For a revoked subject it binds no tenant, and says false. `app.enter` does the same as the
 * first statement of a transaction: there it raises, and so undoes what was sent behind it.
 */
async function session(knex: Knex): Promise<void> {
  // Inlined by the planner, so that `tenant_id = app.tenant_id()` reaches an index.
  await knex.raw(`create function app.tenant_id() returns text stable parallel safe language sql
    as $$ select nullif(current_setting('app.tenant_id', true), '') $$`)
  await knex.raw(`create function app.user_id() returns text stable parallel safe language sql
    as $$ select nullif(current_setting('app.user_id', true), '') $$`)
  await knex.raw(`create function app.bind(tenant text, subject text, epoch bigint) returns boolean language plpgsql as $$
    declare alive boolean := not exists (select from public.revoked_subjects r
      where r.subject = bind.subject and r.epoch >= coalesce(bind.epoch, 0));
    begin
      perform set_config('app.tenant_id', case when alive then coalesce(tenant, '') else '' end, false),
              set_config('app.user_id', case when alive then coalesce(subject, '') else '' end, false);
      return alive;
    end $$`)
  await knex.raw(`create function app.enter(tenant text, subject text, epoch bigint) returns void language plpgsql as $$
    begin
      if not app.bind(tenant, subject, epoch) then
        raise exception 'the access of this subject was revoked' using errcode = 'invalid_authorization_specification';
      end if;
    end $$`)
}

/** Versions of resources, and the last version of roots that were deleted for good: the next one goes on from there. */
async function versions(knex: Knex): Promise<void> {
  await tenantTable(
    knex,
    'resource_history',
    t => {
      t.specificType('type', CODE).notNullable()
      t.specificType('id', CODE).notNullable()
      t.bigInteger('version').notNullable()
      t.text('document')
      t.boolean('deleted').notNullable().defaultTo(false)
      t.timestamp('at').notNullable().defaultTo(knex.fn.now())
      t.specificType('by', CODE)
      t.primary(['tenant_id', 'type', 'id', 'version'])
      t.index(['tenant_id', 'type', 'at'])
      t.index(['tenant_id', 'at'])
    },
    { grant: 'select, insert, update' }
  )
  await tenantTable(
    knex,
    'tombstones',
    t => {
      t.specificType('root', CODE).notNullable()
      t.specificType('id', CODE).notNullable()
      t.bigInteger('version').notNullable()
      t.timestamp('at').notNullable()
      t.primary(['tenant_id', 'root', 'id'])
    },
    { grant: 'select' }
  )
}

/** Tokens of a subject that were issued at `epoch` (seconds since 1970) or before are void. */
async function revocation(knex: Knex): Promise<void> {
  await globalTable(knex, 'revoked_subjects', t => {
    t.specificType('subject', CODE).primary()
    t.bigInteger('epoch').notNullable()
  })
  await door(
    knex,
    'app.revoke(subject text, epoch bigint)',
    'void',
    `insert into revoked_subjects as r (subject, epoch) values (revoke.subject, revoke.epoch)
     on conflict on constraint revoked_subjects_pkey do update set epoch = greatest(r.epoch, excluded.epoch)`
  )
}

/** Append-only for the server. Ids, no names: names are looked up when the entry is read. */
async function audit(knex: Knex): Promise<void> {
  await rootTable(
    knex,
    'audit_logs',
    t => {
      t.specificType('subject', CODE).notNullable()
      t.specificType('action', CODE).notNullable()
      t.specificType('entity_type', CODE).notNullable()
      t.specificType('entity_id', CODE).notNullable()
      t.jsonb('detail').notNullable().defaultTo('{}')
      t.index(['tenant_id', 'entity_type', 'entity_id', 'created_at'])
      t.index(['tenant_id', 'created_at'])
    },
    { grant: 'select, insert' }
  )
}

/** Work to do after a commit. It is claimed over all tenants, for a while: who dies holding it leaves it to others. */
async function outbox(knex: Knex): Promise<void> {
  await tenantTable(knex, 'outbox', t => {
    t.specificType('id', CODE).notNullable()
    t.specificType('kind', CODE).notNullable()
    t.jsonb('payload').notNullable()
    t.timestamp('created_at').notNullable().defaultTo(knex.fn.now())
    t.timestamp('due_at').notNullable().defaultTo(knex.fn.now())
    t.timestamp('done_at')
    t.integer('attempts').notNullable().defaultTo(0)
    t.text('error')
    t.primary(['tenant_id', 'id'])
  })
  await knex.raw('create index outbox_due on outbox (due_at) where done_at is null')
  await door(
    knex,
    'app.claim_outbox(most int, lease interval)',
    'setof public.outbox',
    `update outbox o set attempts = attempts + 1, due_at = now() + lease
     from (select tenant_id, id from outbox where done_at is null and due_at <= now()
           order by due_at limit most for update skip locked) due
     where o.tenant_id = due.tenant_id and o.id = due.id returning o.*`
  )
  await door(
    knex,
    'app.settle_outbox(tenant text, entry text, failure text)',
    'void',
    `update outbox set error = failure, done_at = case when failure is null then now() end
     where tenant_id = tenant and id = entry`
  )
}
