/** What the tables of people and services hold by themselves: unique numbers, derived columns, keys. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'

let t: TestDatabase
beforeAll(async () => (t = await testDatabase()))
afterAll(() => t.drop())

const as = <R = Record<string, unknown>>(tenant: string, text: string): Promise<R[]> =>
  t.database.query<R>({ tenant, subject: 's' }, { text, values: [] })

const change = (tenant: string, text: string): Promise<unknown> =>
  t.database.execute({ tenant, subject: 's' }, [{ text, values: [] }])

describe('numbers of practitioners', () => {
  let count = 0
  const add = async (tenant: string, system: string, value: string, more = 'null, null'): Promise<string> => {
    const id = `n${count++}`
    await t.sql(`insert into practitioners (tenant_id, id) values ('${tenant}', '${id}')`)
    await t.sql(`insert into practitioner_identifiers (tenant_id, practitioner_id, position, system, value, type_code, assigner_id)
      values ('${tenant}', '${id}', 0, '${system}', '${value}', ${more})`)
    return id
  }

  test.each([
    ['practitioner_npi_key', 'http://hl7.org/fhir/sid/us-npi', undefined],
    ['practitioner_hpii_key', 'http://ns.electronichealth.net.au/id/hi/hpii/1.0', undefined],
    ['practitioner_prescriber_key', 'http://ns.electronichealth.net.au/id/medicare-prescriber-number', undefined],
    ['practitioner_prn_key', 'http://x.example', `'PRN', 'f-sso'`]
  ])('%s: one live practitioner of a tenant', async (constraint, system, more) => {
    const first = await add('a', system, '1', more)
    await expect(add('a', system, '1', more)).rejects.toMatchObject({ code: '23505', constraint })
    await add('b', system, '1', more)
    await add('a', system, '2', more)
    await t.sql(`delete from practitioner_identifiers where practitioner_id = '${first}'`)
    await add('a', system, '1', more)
  })

  test('others may be shared, and a PRN of another facility', async () => {
    for (const facility of ['f-1', 'f-2']) await add('a', 'http://x.example/p', '9', `'PRN', '${facility}'`)
    for (let n = 0; n < 2; n++) await add('a', 'http://x.example/other', '9')
  })
})

describe('active', () => {
  const active = async (table: string, id: string) =>
    (await t.sql(`select active from ${table} where id = '${id}'`))[0]?.active

  test('of a practitioner is what a status says, and free without one', async () => {
    await t.sql(`insert into practitioners (tenant_id, id, active) values ('a', 'free', false)`)
    await t.sql(`insert into practitioners (tenant_id, id, active, status) values ('a', 'leave', true, 'on_leave')`)
    expect([await active('practitioners', 'free'), await active('practitioners', 'leave')]).toEqual([false, false])
    await t.sql(`update practitioners set status = 'active' where id = 'leave'`)
    expect(await active('practitioners', 'leave')).toBe(true)
  })

  test('of an account role is that of its membership, in whatever order they change', async () => {
    await t.sql(`insert into memberships (tenant_id, id, user_id, status) values ('a', 'm', 'u', 'approved')`)
    await t.sql(
      `insert into practitioner_roles (tenant_id, id, active, membership_id) values ('a', 'r', false, 'm'), ('a', 'plain', false, null)`
    )
    expect([await active('practitioner_roles', 'r'), await active('practitioner_roles', 'plain')]).toEqual([
      true,
      false
    ])
    await change(
      'a',
      `with role as (update practitioner_roles set period_start = now() where id = 'r')
      update memberships set status = 'suspended' where id = 'm'`
    )
    expect(await active('practitioner_roles', 'r')).toBe(false)
    await t.sql(`update memberships set status = 'approved'`)
    expect(await active('practitioner_roles', 'r')).toBe(true)
    await t.sql('update memberships set disabled_at = now()')
    expect(await active('practitioner_roles', 'r')).toBe(false)
  })

  test('one live role and one live practitioner for a membership', async () => {
    const again = `insert into practitioner_roles (tenant_id, id, membership_id) values ('a', 'r2', 'm')`
    await expect(t.sql(again)).rejects.toMatchObject({ constraint: 'practitioner_roles_membership_key' })
    await t.sql(`update practitioner_roles set deleted_at = now() where id = 'r'`)
    await t.sql(again)
    await t.sql(`insert into practitioners (tenant_id, id, membership_id) values ('a', 'm1', 'm')`)
    const second = t.sql(`insert into practitioners (tenant_id, id, membership_id) values ('a', 'm2', 'm')`)
    await expect(second).rejects.toMatchObject({ constraint: 'practitioners_membership_key' })
  })
})

test('practitioners of a service, by the roles that provide it', async () => {
  await t.sql(`insert into services (tenant_id, id) values ('a', 's')`)
  await t.sql(`insert into practitioner_roles (tenant_id, id, practitioner_type, practitioner_id, deleted_at)
    values ('a', 'pr', 'Practitioner', 'p1', null), ('b', 'pr', 'Practitioner', 'p2', null), ('a', 'gone', 'Practitioner', 'p3', now())`)
  await t.sql(`insert into service_providers (tenant_id, service_id, position, provider_type, provider_id)
    values ('a', 's', 0, 'PractitionerRole', 'pr'), ('a', 's', 1, 'PractitionerRole', 'gone')`)
  expect(await as('a', 'select service_id, practitioner_id from service_practitioners')).toEqual([
    { service_id: 's', practitioner_id: 'p1' }
  ])
  expect(await as('b', 'select from service_practitioners')).toEqual([])
})

test('short keys are made by the database, in order, all different, and never 0', async () => {
  await change('a', `insert into schedules (tenant_id, id) select 'a', 'k' || n from generate_series(1, 100) n`)
  const rows = await t.sql<{ short_key: string }>(
    'select short_key from schedules union select short_key from services'
  )
  expect(rows).toHaveLength(101)
  expect(rows.filter(({ short_key }) => !/^[1-9a-z][0-9a-z]{0,7}$/.test(short_key))).toEqual([])
  await t.sql(`select setval('app.short_keys', 1099511627774)`)
  expect(await t.sql('select app.short_key()')).toEqual([{ short_key: 'zzzzzzzz' }])
})
