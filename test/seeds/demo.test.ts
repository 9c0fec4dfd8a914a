/** The demo's rows are what a write through FHIR would have made of the same resources, and adding them again is safe. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import knexFactory, { type Knex } from 'knex'
import { clinicGroup } from '../../seeds/demo/clinic-group.js'
import { CROWD, GROUPS, ORGANIZATIONS, PERSONS } from '../../seeds/demo/directory.js'
import { DEMO_CLIENT, seedDemo } from '../../seeds/demo/index.js'
import type { SeedResource } from '../../seeds/demo/insert.js'
import { otherTenants } from '../../seeds/demo/other-tenants.js'
import { identifierFault } from '../../src/domain/identifiers/index.js'
import { checkNpi } from '../../src/domain/identifiers/npi.js'
import { SYSTEM, type Resource } from '../../src/fhir/types.js'
import { registry } from '../../src/resources/index.js'
import { knexConfig } from '../../src/store/postgres/migrate.js'
import { createStores } from '../../src/store/postgres/stores.js'
import { createValidator, loadDefinitions, loadProfiles } from '../../src/validator/index.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

const resources = [...clinicGroup, ...otherTenants]
const named = ({ tenant, resource }: SeedResource): string => `${tenant} ${resource.resourceType}/${resource.id}`

/** A member's user id is shown with the identifiers, but is none of the practitioner's own. */
const withoutUserId = ({ identifier, ...resource }: Resource): Resource => {
  const own = (identifier as { system?: string }[] | undefined)?.filter(({ system }) => system !== SYSTEM.userId)
  return { ...resource, ...(own && { identifier: own }) }
}

describe('as data', () => {
  const validator = createValidator({
    definitions: loadDefinitions(),
    conformance: loadProfiles(new URL('../../profiles/', import.meta.url))
  })

  test.each(resources.map(seed => [named(seed), seed] as const))('%s is valid', (_, { resource }) => {
    const errors = validator.validate(resource).filter(({ severity }) => severity === 'error')
    const identifiers = (resource.identifier ?? []) as { system: string; value: string }[]
    expect(errors).toEqual([])
    expect(identifiers.map(({ system, value }) => identifierFault(system, value)).filter(Boolean)).toEqual([])
  })

  test('numbers of the directory are right and each is given once', () => {
    const all = [...Object.values(PERSONS), ...CROWD, ...Object.values(ORGANIZATIONS), ...GROUPS].map(({ npi }) => npi)
    expect(all.filter(npi => !checkNpi(npi).ok)).toEqual([])
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('as rows', () => {
  let db: TestDatabase
  let knex: Knex

  beforeAll(async () => {
    db = await testDatabase()
    knex = knexFactory(knexConfig(db.url))
    await seedDemo(knex)
  })
  afterAll(async () => {
    await knex?.destroy()
    await db?.drop()
  })

  test.each(resources.map(seed => [named(seed), seed] as const))('%s reads back', async (_, { tenant, resource }) => {
    const store = createStores(db.database, registry).forTenant(tenant, 'test')
    const { text, version } = (await store.read(resource.resourceType, resource.id))!
    expect(version).toBe(1)
    expect(withoutUserId(JSON.parse(text) as Resource)).toMatchObject(resource)
  })

  test('the directory has them all, and Joe Gorilla is no practitioner', async () => {
    const store = createStores(db.database, registry).forTenant('demo', 'test')
    const gorilla = JSON.parse((await store.read('Practitioner', 'npi-1234567893'))!.text) as Resource
    expect(gorilla.name).toMatchObject([{ family: 'Gorilla', given: ['Joe'], suffix: ['PA'] }])
    expect(gorilla.address).toMatchObject([{ city: 'Lumberton' }, { city: 'Rain Forest' }])
    const [count] = await db.sql<{ all: number }>(`select count(*)::int as all from npi_directory`)
    expect(count?.all).toBe(Object.keys(PERSONS).length + CROWD.length + 2 + GROUPS.length)
    expect(await db.sql(`select from practitioner_identifiers where value = '1234567893'`)).toEqual([])
  })

  test('again: rows stay as they are, what is missing is added', async () => {
    await db.sql(`update practitioner_names set family = 'Changed' where practitioner_id = 'dr-lee'`)
    await db.sql(`delete from schedules where id = 'dr-okafor-harbor'`)
    await db.sql(`delete from practitioner_role_available_times where practitioner_role_id = 'sam-taylor-main'`)
    const counts = `select (select count(*) from practitioners) as practitioners, (select count(*) from npi_directory) as npi,
      (select count(*) from practitioner_role_available_times) as times, (select count(*) from memberships) as members`
    const before = await db.sql(counts)
    await seedDemo(knex)
    expect(await db.sql(counts)).toEqual(before)
    expect(await db.sql(`select family from practitioner_names where practitioner_id = 'dr-lee'`)).toEqual([
      { family: 'Changed' }
    ])
    expect(await db.sql(`select target_id from schedule_actors where schedule_id = 'dr-okafor-harbor'`)).toHaveLength(3)
  })

  test('the client is there only with a secret', async () => {
    const clients = () => db.sql<{ id: string; tenant: string }>('select id, tenant from oauth_clients')
    expect(await clients()).toEqual([{ id: DEMO_CLIENT.id, tenant: DEMO_CLIENT.tenant }])
    await db.sql('delete from oauth_clients')
    await seedDemo(knex, null)
    expect(await clients()).toEqual([])
  })
})
