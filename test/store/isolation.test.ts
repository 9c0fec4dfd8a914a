/** Row-level security: what a statement of the server may see and do, whatever it says. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Knex } from 'knex'
import { asOwner } from '../../src/store/postgres/migrate.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import type { Statement } from '../../src/store/postgres/statement.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { lampTables } from './lamps.js'

const a = { tenant: 'a', subject: 'user-a' }
const say = (text: string, values: unknown[] = []): Statement => ({ text, values })
let t: TestDatabase

beforeAll(async () => {
  t = await testDatabase()
  await asOwner({ connectionString: t.url }, async knex => {
    await lampTables(knex)
    await knex.raw('create index lamps_folded on lamps (tenant_id, folded, id)')
  })
  await t.sql(`insert into lamps (tenant_id, id, name)
    select tenant, tenant || n, 'Lämp ' || n from unnest(array['a', 'b']) tenant, generate_series(1, 5000) n`)
  await t.sql(
    `insert into lamp_parts (tenant_id, lamp_id, position, name) values ('a', 'a1', 0, 'x'), ('b', 'b1', 0, 'y')`
  )
  await t.sql(
    `insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id) values ('a', '1', 's', 'A', 'T', '1')`
  )
  await t.sql('analyze lamps')
})
afterAll(() => t.drop())

describe('a statement under a tenant', () => {
  test.each([
    `select * from lamps where tenant_id = 'b'`,
    `select * from lamps where tenant_id <> 'a' or false`,
    `select p.* from lamp_parts p where lamp_id = 'b1'`,
    `select * from lamps where tenant_id = 'b' union all select * from lamps where id = 'b1'`,
    `select 1 from lamps where 1 / (case when tenant_id = 'b' then 0 else 1 end) = 0`,
    `with all_of_them as materialized (select * from lamps) select * from all_of_them where tenant_id = 'b'`
  ])('sees no row of another: %s', async text => {
    expect(await t.database.query(a, say(text))).toEqual([])
  })

  test.each([
    `update lamps set name = 'stolen' where tenant_id = 'b' returning 1`,
    `delete from lamps where id = 'b1' returning 1`,
    `delete from lamp_parts where name = 'y' returning 1`,
    `update resource_history set document = null where tenant_id = 'b' returning 1`
  ])('changes no row of another: %s', async text => {
    expect(await t.database.execute(a, [say(text)])).toEqual([[]])
  })

  test.each([
    `insert into lamps (tenant_id, id) values ('b', 'planted')`,
    `update lamps set tenant_id = 'b' where id = 'a2'`,
    `update audit_logs set action = 'nothing'`,
    `delete from audit_logs`,
    `update audit_logs set action = 'B'`,
    `truncate audit_logs`,
    `insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id) values ('a', '1', 's', 'A', 'T', '1') on conflict (tenant_id, id) do update set action = 'B'`,
    `delete from resource_history`,
    `insert into tombstones values ('a', 'lamps', '1', 1, now())`,
    `insert into revoked_subjects values ('s', 1)`,
    `alter table lamps disable row level security`,
    `create function leak(text) returns boolean language sql as 'select true'`,
    `create table app.mine (id text)`
  ])('is refused: %s', async text => {
    await expect(t.database.execute(a, [say(text)])).rejects.toMatchObject({ code: '42501' })
  })

  test('sees its own rows', async () => {
    expect(await t.database.query(a, say('select count(*) as n from lamps'))).toEqual([{ n: 5000 }])
  })

  test('sees nothing without a tenant', async () => {
    expect(await t.database.system(say('select * from lamps'))).toEqual([])
    expect(await t.database.query({ tenant: '', subject: '' }, say('select * from lamps'))).toEqual([])
  })
})

describe('the policy lets the planner use an index', () => {
  const plan = async (text: string): Promise<string> => {
    const rows = await t.database.query<Record<string, string>>(a, say(`explain ${text}`))
    return rows.map(row => row['QUERY PLAN']).join('\n')
  }
  test.each([
    [`select * from lamps where id = 'a77'`, /Index Cond: .*tenant_id = .*id = 'a77'/],
    [
      `select id from lamps where folded >= 'lamp 12' and folded < 'lamp 13'`,
      /Index Cond: .*tenant_id = .*folded >= .*folded </
    ]
  ])('%s', async (text, index) => {
    expect(await plan(text)).toMatch(index)
  })

  test('of a generic plan too', async () => {
    const text = `select * from lamps where id = $1`
    const [, , , rows] = await t.database.execute(a, [
      say('set local plan_cache_mode = force_generic_plan'),
      say(`prepare by_id(text) as ${text}`),
      say('select 1'),
      say(`explain execute by_id('a1')`)
    ])
    expect((rows as Record<string, string>[]).map(row => row['QUERY PLAN']).join('\n')).toMatch(
      /Index Cond: .*tenant_id = .*id = \$1/
    )
  })
})

describe('a role that the policies do not hold', () => {
  test('is refused: one that bypasses them', async () => {
    const seed = async (knex: Knex) => void (await knex.raw('alter role locum_server bypassrls'))
    const database = await openDatabase({ dataDir: 'memory:', seed })
    await expect(database.query(a, say('select 1'))).rejects.toThrow(/Refusing to work as database role locum_server/)
    await database.close()
  })

  test('is refused: the owner of a table', async () => {
    const { database, sql, drop } = await testDatabase()
    await sql('alter table outbox owner to locum_server')
    await expect(database.query(a, say('select 1'))).rejects.toThrow(/Refusing to work/)
    await drop()
  })
})
