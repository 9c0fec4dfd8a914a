/** Every table and view, asked without a filter by the server's role: rows of the bound tenant, and nothing of another. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { openDatabase } from '../../src/store/postgres/open.js'
import type { Database } from '../../src/store/postgres/statement.js'
import { registry } from '../../src/resources/index.js'
import { full } from '../conformance/full.js'
import { postExamples } from '../support/examples.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let database: Database
let relations: { name: string; tenant: boolean; readable: boolean }[]

beforeAll(async () => {
  server = await testServer()
  await postExamples(server, [...registry.keys()])
  for (const resource of full) await server.put(`${resource.resourceType}/${resource.id}`, resource)
  database = await openDatabase({ databaseUrl: server.url, dataDir: '' })
  relations = await server.sql(`select c.relname as name, bool_or(a.attname = 'tenant_id') as tenant,
      has_table_privilege('locum_server', c.oid, 'select') as readable
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm') group by c.oid order by 1`)
}, 90_000)
afterAll(async () => {
  await database?.close()
  await server?.close()
})

const ask = <R = Record<string, unknown>>(tenant: string, text: string): Promise<R[]> =>
  database.query<R>({ tenant, subject: '' }, { text, values: [] })

/** What all tenants share; nothing in it belongs to one. */
const SHARED = /^(npi_|role_codes$|revoked_subjects$)/
/** Views of the bound tenant that name no tenant. */
const VIEWS = ['audit_events', 'tenant_facilities', 'tenant_tree']
/** Logins, secrets and keys: behind doors only. */
const HIDDEN = [
  'ended_sessions',
  'facilities',
  'login_attempts',
  'oauth_clients',
  'signing_keys',
  'tenants',
  'used_assertions',
  'users'
]

test('there is something to be found in most of them', async () => {
  const tables = relations.filter(({ tenant, readable }) => tenant && readable)
  expect(tables.length).toBeGreaterThan(40)
  const filled = []
  for (const { name } of tables) {
    // Search views are of the bound tenant for their owner too.
    const [row] = await ask<{ n: number }>('demo', `select count(*)::int as n from "${name}"`)
    if (row!.n > 0) filled.push(name)
  }
  expect(filled.length).toBeGreaterThan(tables.length * 0.75)
})

test('rows of the bound tenant only, by whatever is asked', async () => {
  for (const { name } of relations.filter(({ tenant, readable }) => tenant && readable)) {
    for (const where of [
      'true',
      `tenant_id <> 'demo-au'`,
      `tenant_id = 'demo' or true`,
      `not (tenant_id = 'demo-au')`
    ]) {
      const rows = await ask<{ tenant_id: string }>(
        'demo-au',
        `select distinct tenant_id from "${name}" where ${where}`
      )
      expect([name, rows.filter(({ tenant_id }) => tenant_id !== 'demo-au')]).toEqual([name, []])
    }
    expect([
      name,
      await ask('demo-au', `select 1 / (tenant_id <> 'demo')::int as x from "${name}"`).then(() => 'no leak')
    ]).toEqual([name, 'no leak'])
  }
})

test('no row without a tenant, or with one that there is not', async () => {
  for (const { name } of relations.filter(each => each.readable && !SHARED.test(each.name)))
    for (const tenant of ['', 'nobody', `' or true --`]) {
      const rows = await ask(tenant, `select * from "${name}"`)
      const own = name === 'tenant_facilities' ? rows.filter(({ kind }) => kind !== 'lab') : rows
      expect([name, tenant, own]).toEqual([name, tenant, []])
    }
})

describe('relations without a tenant', () => {
  test('are shared, are views of the bound tenant, or are behind doors', () => {
    const others = relations.filter(({ tenant, name }) => !tenant && !/^(migrations|migrations_lock)$/.test(name))
    const readable = others.filter(each => each.readable).map(({ name }) => name)
    expect(readable.filter(name => !SHARED.test(name))).toEqual(VIEWS)
    expect(others.filter(each => !each.readable && !SHARED.test(each.name)).map(({ name }) => name)).toEqual(HIDDEN)
  })

  test('that are views show nothing of another tenant', async () => {
    for (const name of VIEWS) {
      const other = JSON.stringify(await ask('demo-au', `select * from "${name}"`))
      expect([name, /"demo"|"demo-north"|"sso"|garcia/.test(other)]).toEqual([name, false])
      expect((await ask('demo', `select * from "${name}"`)).length).toBeGreaterThan(0)
    }
  })

  test('that are hidden are refused', async () => {
    for (const name of HIDDEN)
      await expect(ask('demo', `select * from "${name}"`)).rejects.toMatchObject({ code: '42501' })
  })
})
