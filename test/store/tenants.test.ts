/** Tenants, facilities, users, clients and keys: what the server sees of them, and by which doors. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
  await t.sql(`insert into tenants (id, parent_id, slug, name, config) values ('root', null, 'root', 'Root', '{}'),
    ('north', 'root', 'north', 'Nörth', '{"features": {"x": true}}'), ('ward', 'north', 'ward', 'Ward', '{}'),
    ('bed', 'ward', 'bed', 'Bed', '{}'), ('south', 'root', 'south', 'South', '{}')`)
  await t.sql(`insert into facilities (id, kind, tenant, name) values ('lab', 'lab', null, 'Lab'),
    ('of-root', 'sso', 'root', 'R'), ('of-north', 'sso', 'north', 'N'), ('of-ward', 'sso', 'ward', 'W'), ('of-south', 'other', 'south', 'S')`)
})
afterAll(() => t.drop())

const as = <R = Record<string, unknown>>(tenant: string, text: string, values: unknown[] = []): Promise<R[]> =>
  t.database.query<R>({ tenant, subject: 's' }, { text, values })
const ids = async (tenant: string, view: string): Promise<unknown[]> =>
  (await as(tenant, `select id from ${view} order by id`)).map(({ id }) => id)

test.each([
  ['root', ['bed', 'north', 'root', 'south', 'ward']],
  ['north', ['bed', 'north', 'ward']],
  ['bed', ['bed']],
  ['none', []],
  ['', []]
])('tenant %s sees itself and those below', async (tenant, seen) => {
  expect(await ids(tenant, 'tenant_tree')).toEqual(seen)
})

test('a parent is named only where it is seen', async () => {
  expect(await as('north', 'select id, part_of_id, name_folded from tenant_tree order by id')).toEqual([
    { id: 'bed', part_of_id: 't-ward', name_folded: 'bed' },
    { id: 'north', part_of_id: null, name_folded: 'north' },
    { id: 'ward', part_of_id: 't-north', name_folded: 'ward' }
  ])
})

test('a tree that was tied into a ring has an end', async () => {
  await t.sql(`update tenants set parent_id = 'bed' where id = 'north'`)
  expect(await ids('ward', 'tenant_tree')).toEqual(['bed', 'north', 'ward'])
  expect(await ids('ward', 'tenant_facilities')).toEqual(['lab', 'of-north', 'of-ward'])
  await t.sql(`update tenants set parent_id = 'root' where id = 'north'`)
})

test.each([
  ['root', ['lab', 'of-root']],
  ['ward', ['lab', 'of-north', 'of-root', 'of-ward']],
  ['bed', ['lab', 'of-north', 'of-root', 'of-ward']],
  ['south', ['lab', 'of-root', 'of-south']]
])('tenant %s is served by laboratories and by what is its own or above', async (tenant, seen) => {
  expect(await ids(tenant, 'tenant_facilities')).toEqual(seen)
})

test.each([
  ['north', 'north', 'self'],
  ['north', 'bed', 'below'],
  ['north', 'root', 'none'],
  ['north', 'south', 'none'],
  ['north', 'nowhere', 'none'],
  ['nowhere', 'nowhere', 'none']
])('from %s, %s is %s', async (tenant, target, position) => {
  const text = 'select app.tenant_position($1, $2) as position'
  expect(await t.database.system({ text, values: [tenant, target] })).toEqual([{ position }])
})

test('settings of a tenant, before any is bound', async () => {
  const text = 'select * from app.tenant_settings($1)'
  const [settings] = await t.database.system({ text, values: ['north'] })
  expect(settings).toMatchObject({ is_active: true, config: { features: { x: true } } })
  expect(await t.database.system({ text, values: ['nowhere'] })).toEqual([])
})

test('a changed tenant, facility or directory row has a new version', async () => {
  await t.sql(`insert into npi_directory (npi, entity_type, family) values ('1234567893', '1', 'Roe')`)
  for (const [table, column] of [
    ['tenants', 'name'],
    ['facilities', 'name'],
    ['npi_directory', 'family']
  ]) {
    const before = await t.sql<{ version: number }>(`select version from ${table} order by 1`)
    await t.sql(`update ${table} set ${column} = 'New'`)
    await t.sql(`update ${table} set ${column} = 'New'`)
    const after = await t.sql<{ version: number }>(`select version from ${table} order by 1`)
    expect(after).toEqual(before.map(({ version }) => ({ version: version + 1 })))
  }
})

const change = (tenant: string, text: string): Promise<unknown> =>
  t.database.execute({ tenant, subject: 's' }, [{ text, values: [] }])

test.each(['users', 'tenants', 'facilities', 'oauth_clients', 'signing_keys'])(
  'the server does not read %s',
  async table => {
    await expect(as('north', `select from ${table}`)).rejects.toMatchObject({ code: '42501' })
  }
)

describe('logins', () => {
  const taken = async (...names: (string | null)[]): Promise<unknown> =>
    (await as('north', 'select * from app.taken($1, $2, $3)', names))[0]
  const free = { username: false, email: false, phone: false }

  test('the server adds a user; its names are taken for every tenant, whatever their case', async () => {
    const insert = `insert into users (id, username, email, phone_e164) values ('u1', 'Ana', 'Ana@x.example', '+34600000000')`
    await change('north', insert)
    expect(await taken('ANA', 'ana@X.example', '+34600000000')).toEqual({ username: true, email: true, phone: true })
    expect(await taken('anna', 'a@x.example', null)).toEqual(free)
    expect(await taken(null, null, null)).toEqual(free)
  })

  test.each([
    ['users_username_key', `'ANA', null, null`],
    ['users_email_key', `null, 'ANA@X.EXAMPLE', null`],
    ['users_phone_key', `null, null, '+34600000000'`]
  ])('%s', async (constraint, values) => {
    const insert = `insert into users (id, username, email, phone_e164) values ('u2', ${values})`
    await expect(change('south', insert)).rejects.toMatchObject({ code: '23505', constraint })
  })
})

test('clients and signing keys come by their doors', async () => {
  await t.sql(`insert into oauth_clients (id, tenant, scopes, disabled_at) values ('c', 'north', 'system/*.rs', now())`)
  const client = { text: 'select * from app.client($1)', values: ['c'] }
  const keys = { secret_hash: null, jwks: null, jwks_uri: null }
  const row = { id: 'c', tenant: 'north', scopes: 'system/*.rs', ...keys, disabled: true, revoked: null }
  expect(await t.database.system(client)).toEqual([row])
  for (const kid of ['k1', 'k2'])
    await t.database.system({ text: 'select app.add_signing_key($1, $2)', values: [kid, JSON.stringify({ kid })] })
  const signing = await t.database.system<{ key: unknown }>({ text: 'select app.signing_keys() as key', values: [] })
  expect(signing.map(({ key }) => key)).toEqual([{ kid: 'k2' }, { kid: 'k1' }])
})

test('a tenant has a time zone that exists, or none', async () => {
  const zone = (name: string) => t.sql(`update tenants set time_zone = $1 where id = 'bed'`, [name])
  await expect(zone('Mars/Olympus')).rejects.toThrow('not recognized')
  await zone('Asia/Kathmandu')
})
