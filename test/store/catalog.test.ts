/** A walk over the catalog: what must hold of every table and function that a migration adds. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'

let t: TestDatabase
beforeAll(async () => (t = await testDatabase()))
afterAll(() => t.drop())

const TENANT_TABLES = `select c.oid, c.relname, a.attnum from pg_class c
  join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')`

test('there are tenant tables', async () => {
  const rows = await t.sql(TENANT_TABLES)
  expect(rows.map(row => row.relname)).toEqual(expect.arrayContaining(['resource_history', 'audit_logs', 'outbox']))
})

test('every primary, unique and foreign key of a tenant table starts with tenant_id, on both sides', async () => {
  const rows = await t.sql(`with tenant_table as (${TENANT_TABLES})
    select t.relname, k.conname from tenant_table t join pg_constraint k on k.conrelid = t.oid
    left join tenant_table other on other.oid = k.confrelid
    where k.contype in ('p', 'u', 'f') and (k.conkey[1] <> t.attnum or k.confkey[1] <> other.attnum)
    union all
    select t.relname, i.indexrelid::regclass::text from tenant_table t join pg_index i on i.indrelid = t.oid
    where i.indisunique and i.indkey[0] <> t.attnum`)
  expect(rows).toEqual([])
})

test('every tenant table has row-level security, a policy and a primary key', async () => {
  const rows = await t.sql(`with tenant_table as (${TENANT_TABLES})
    select relname from tenant_table t join pg_class c using (oid, relname)
    where not c.relrowsecurity or not exists (select from pg_policy p where p.polrelid = t.oid)
      or not exists (select from pg_constraint k where k.conrelid = t.oid and k.contype = 'p')`)
  expect(rows).toEqual([])
})

test('references in rest of a tenant table are found by an index', async () => {
  const rows = await t.sql(`with tenant_table as (${TENANT_TABLES})
    select relname from tenant_table t join pg_attribute a on a.attrelid = t.oid and a.attname = 'rest'
    where not exists (select from pg_index i where i.indrelid = t.oid
      and pg_get_indexdef(i.indexrelid) like '%gin (app.rest_references(rest))%')`)
  expect(rows).toEqual([])
})

test('tenant_id compares by code point', async () => {
  const rows = await t.sql(`with tenant_table as (${TENANT_TABLES})
    select relname from tenant_table t join pg_attribute a on a.attrelid = t.oid and a.attnum = t.attnum
    join pg_collation c on c.oid = a.attcollation where c.collname <> 'C'`)
  expect(rows).toEqual([])
})

test('every function that runs as the owner has a search path of its own and is not open to all', async () => {
  const rows = await t.sql(`select p.oid::regprocedure::text as name from pg_proc p
    where p.pronamespace = 'app'::regnamespace and p.prosecdef
      and (not coalesce(p.proconfig::text like '%search_path=%', false) or has_function_privilege('public', p.oid, 'execute'))`)
  expect(rows).toEqual([])
})

test('the server’s role owns nothing, and may create nothing', async () => {
  const rows = await t.sql(`select c.relname from pg_class c where pg_get_userbyid(c.relowner) = 'locum_server'
    union all select nspname from pg_namespace where nspname in ('public', 'app') and has_schema_privilege('locum_server', oid, 'create')`)
  expect(rows).toEqual([])
})
