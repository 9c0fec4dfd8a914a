/** S6: who provides a service is one truth, written on either side and shown on both. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Extension, HealthcareService, OperationOutcome, PractitionerRole } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const PROVIDER = `${CANONICAL}/StructureDefinition/service-provider`
const minutes = (value: number): Extension => ({
  url: `${CANONICAL}/StructureDefinition/service-duration`,
  valueDuration: { value, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' }
})
const by = (...roles: string[]): Extension[] =>
  roles.map(role => ({ url: PROVIDER, valueReference: { reference: `PractitionerRole/${role}` } }))
const serviceOf = (id: string, roles: string[] = [], more: Extension[] = [minutes(30)]): HealthcareService => ({
  resourceType: 'HealthcareService',
  id,
  active: true,
  name: id,
  extension: [...more, ...by(...roles)]
})
const put = (resource: HealthcareService | PractitionerRole, on = server) =>
  on.put(`${resource.resourceType}/${resource.id}`, resource)
const hours = [{ daysOfWeek: ['mon'], availableStartTime: '09:00:00', availableEndTime: '12:00:00' }]
const roleOf = (id: string, practitioner: string, services: string[] = []): PractitionerRole =>
  ({
    resourceType: 'PractitionerRole',
    id,
    active: true,
    practitioner: { reference: `Practitioner/${practitioner}` },
    location: [{ reference: 'Location/main' }],
    availableTime: hours,
    ...(services.length > 0 && {
      healthcareService: services.map(each => ({ reference: `HealthcareService/${each}` }))
    })
  }) as PractitionerRole

const read = async <T>(path: string): Promise<T> => (await server.get(path).expect(200)).body as T
const providersOf = async (id: string): Promise<string[]> =>
  ((await read<HealthcareService>(`HealthcareService/${id}`)).extension ?? [])
    .filter(({ url }) => url === PROVIDER)
    .map(({ valueReference }) => valueReference!.reference!.split('/')[1]!)
const servicesOf = async (id: string): Promise<string[]> =>
  ((await read<PractitionerRole>(`PractitionerRole/${id}`)).healthcareService ?? []).map(
    ({ reference }) => reference!.split('/')[1]!
  )
const versionOf = async (path: string): Promise<number> => Number((await server.get(path)).body.meta.versionId)
const audits = async (id: string): Promise<object[]> =>
  server.sql(`select action, detail from audit_logs where entity_id = $1 order by created_at, id`, [id])
const transaction = (...resources: (HealthcareService | PractitionerRole)[]) =>
  server.post('', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map(resource => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` }
    }))
  })

describe('a link', () => {
  test('written on the service is shown on both, each with a new version', async () => {
    await put(roleOf('one-a', 'dr-lee')).expect(201)
    await put(serviceOf('one', ['one-a'])).expect(201)
    expect([await providersOf('one'), await servicesOf('one-a')]).toEqual([['one-a'], ['one']])
    expect(await versionOf('PractitionerRole/one-a')).toBe(2)
    await put(serviceOf('one')).expect(200)
    expect([await providersOf('one'), await servicesOf('one-a')]).toEqual([[], []])
    expect(await versionOf('PractitionerRole/one-a')).toBe(3)
    expect(await audits('one')).toEqual([
      { action: 'SERVICE_CREATED', detail: { new_provider_id: 'one-a' } },
      { action: 'SERVICE_UPDATED', detail: { old_provider_id: 'one-a', new_provider_id: null } }
    ])
  })

  test('written on the role is shown on both, each with a new version and a trace', async () => {
    await put(serviceOf('two')).expect(201)
    await put(roleOf('two-a', 'dr-lee', ['two'])).expect(201)
    expect([await providersOf('two'), await versionOf('HealthcareService/two')]).toEqual([['two-a'], 2])
    expect((await audits('two')).at(-1)).toEqual({
      action: 'SERVICE_UPDATED',
      detail: { old_provider_id: null, new_provider_id: 'two-a' }
    })
    expect(await audits('two-a')).toMatchObject([{ action: 'PRACTITIONER_ROLE_CREATED' }])
    await put(roleOf('two-a', 'dr-lee')).expect(200)
    expect([await providersOf('two'), await versionOf('HealthcareService/two')]).toEqual([[], 3])
  })

  test('that is repeated changes nothing on the other side', async () => {
    await put(roleOf('same-a', 'dr-lee')).expect(201)
    await put(serviceOf('same', ['same-a'])).expect(201)
    await put({ ...serviceOf('same', ['same-a']), comment: 'Changed' }).expect(200)
    await put(roleOf('same-a', 'dr-lee', ['same'])).expect(200)
    expect(await versionOf('HealthcareService/same')).toBe(2)
    expect(await versionOf('PractitionerRole/same-a')).toBe(3)
  })

  test('keeps what else the other side says of it', async () => {
    await put(serviceOf('told')).expect(201)
    const role = roleOf('told-a', 'dr-lee', ['told'])
    role.healthcareService![0]!.display = 'As told'
    await put(role).expect(201)
    await put({ ...serviceOf('told', ['told-a']), comment: 'x' }).expect(200)
    expect((await read<PractitionerRole>('PractitionerRole/told-a')).healthcareService).toEqual([
      { reference: 'HealthcareService/told', display: 'As told' }
    ])
  })

  test('made or ended by foreign SQL is mirrored at the end of its transaction', async () => {
    await put(roleOf('sql-a', 'dr-lee')).expect(201)
    await put(serviceOf('sql')).expect(201)
    await server.sql(`insert into service_providers (tenant_id, service_id, position, provider_type, provider_id)
      values ('demo', 'sql', 0, 'PractitionerRole', 'sql-a')`)
    expect([await servicesOf('sql-a'), await versionOf('PractitionerRole/sql-a')]).toEqual([['sql'], 2])
    await server.sql(`delete from practitioner_role_services where practitioner_role_id = 'sql-a'`)
    expect([await providersOf('sql'), await versionOf('HealthcareService/sql')]).toEqual([[], 3])
  })

  test('goes from the roles when the service is deleted, and stays when the role is: nobody else is to provide it', async () => {
    await put(roleOf('gone-a', 'dr-lee')).expect(201)
    await put(serviceOf('gone', ['gone-a'])).expect(201)
    await put(serviceOf('left', ['gone-a'])).expect(201)
    await server.delete('HealthcareService/gone').expect(204)
    expect(await servicesOf('gone-a')).toEqual(['left'])
    await server.delete('PractitionerRole/gone-a').expect(204)
    expect(await providersOf('left')).toEqual(['gone-a'])
    const found = await server.get('HealthcareService?provider=PractitionerRole/gone-a').expect(200)
    expect(found.body.entry).toHaveLength(1)
    expect((await server.get('Slot?service-type-reference=HealthcareService/left&_count=1')).body.entry).toBeUndefined()
  })
})

describe('one provider', () => {
  beforeAll(async () => {
    await put(roleOf('lee', 'dr-lee')).expect(201)
    await put(roleOf('lee-too', 'dr-lee')).expect(201)
    await put(roleOf('okafor', 'dr-okafor')).expect(201)
  })

  test('a second is refused, with the name of the first and the way out; on both sides', async () => {
    await put(serviceOf('single', ['lee'])).expect(201)
    const wanted = {
      status: 409,
      code: 'conflict',
      text: expect.stringMatching(/Minh Lee.*PractitionerRole\/lee\b.*service of its own.*services\.many_providers/)
    }
    expect(refusal(await put(serviceOf('single', ['lee', 'okafor'])))).toMatchObject(wanted)
    expect(refusal(await put(roleOf('okafor', 'dr-okafor', ['single'])))).toMatchObject({
      ...wanted,
      expression: 'PractitionerRole.healthcareService[0].reference'
    })
    expect([await providersOf('single'), await servicesOf('okafor')]).toEqual([['lee'], []])
  })

  test('replacing it is a reassignment', async () => {
    await put(serviceOf('moved', ['lee'])).expect(201)
    await put(serviceOf('moved', ['okafor'])).expect(200)
    expect([await servicesOf('lee'), await servicesOf('okafor')]).toEqual([
      expect.not.arrayContaining(['moved']),
      expect.arrayContaining(['moved'])
    ])
    expect((await audits('moved')).at(-1)).toEqual({
      action: 'SERVICE_UPDATED',
      detail: { old_provider_id: 'lee', new_provider_id: 'okafor' }
    })
  })

  test('so it is in a transaction of both roles, and of a role that still names what the service gives away', async () => {
    await put(roleOf('from', 'dr-lee')).expect(201)
    await put(roleOf('to', 'dr-okafor')).expect(201)
    await put(serviceOf('handed', ['from'])).expect(201)
    await transaction(roleOf('from', 'dr-lee'), roleOf('to', 'dr-okafor', ['handed'])).expect(200)
    expect(await providersOf('handed')).toEqual(['to'])
    await transaction(roleOf('to', 'dr-okafor', ['handed']), serviceOf('handed', ['from'])).expect(200)
    expect([await providersOf('handed'), await servicesOf('to'), await servicesOf('from')]).toEqual([
      ['from'],
      [],
      ['handed']
    ])
  })

  test('several roles of one practitioner are one, and a service without a duration may have any number', async () => {
    await put(serviceOf('both', ['lee', 'lee-too'])).expect(201)
    await put(serviceOf('crowd', ['lee', 'okafor'], [])).expect(201)
    expect(refusal(await put(serviceOf('crowd', ['lee', 'okafor']))).status).toBe(409)
  })

  test('services.many_providers lifts it', async () => {
    await server.sql(`update tenants set config = jsonb_set(config, '{services}', '{"many_providers": true}')
      where id = 'demo-north'`)
    const north = await server.as('demo-north')
    for (const who of ['x', 'y']) {
      await north.put(`Practitioner/${who}`, { resourceType: 'Practitioner', id: who }).expect(201)
      const { location: _, ...role } = roleOf(`role-${who}`, who)
      await put(role, north).expect(201)
    }
    await put(serviceOf('many', ['role-x', 'role-y']), north).expect(201)
  })

  test.each([
    [
      'both roles at once',
      () => ['race-lee', 'race-okafor'].map(id => put(roleOf(id, id.replace('race-', 'dr-'), ['race'])))
    ],
    [
      'a role and the service',
      () => [put(roleOf('race-lee', 'dr-lee', ['race'])), put(serviceOf('race', ['race-lee', 'race-okafor']))]
    ]
  ])('%s: one wins', async (_, attempts) => {
    for (let round = 0; round < 5; round++) {
      await put(serviceOf('race')).expect(response => expect(response.status).toBeLessThan(300))
      for (const id of ['race-lee', 'race-okafor']) await put(roleOf(id, id.replace('race-', 'dr-')))
      const statuses = (await Promise.all(attempts())).map(({ status }) => status).sort()
      expect(statuses).toEqual([200, 409])
      expect(await providersOf('race')).toHaveLength(1)
    }
  })
})

describe('who can be assigned', () => {
  test('nobody who does not exist, who is no provider, or who is named otherwise', async () => {
    const refused = async (...extension: Extension[]) =>
      refusal(await put({ ...serviceOf('who'), extension: [minutes(30), ...extension] }))
    expect(await refused(...by('nobody'))).toMatchObject({
      status: 422,
      text: expect.stringContaining('does not exist')
    })
    expect(await refused(...by('ruth-miller-office'))).toMatchObject({
      status: 422,
      text: expect.stringContaining('no provider'),
      expression: 'HealthcareService.extension[1].value.reference'
    })
    expect(await refused({ url: PROVIDER, valueReference: { reference: 'Practitioner/dr-lee' } })).toMatchObject({
      status: 422,
      text: expect.stringContaining('PractitionerRole')
    })
    expect(await refused({ url: PROVIDER, valueReference: { display: 'Dr Lee' } })).toMatchObject({
      status: 422,
      text: expect.stringContaining('PractitionerRole/')
    })
    const office = await read<PractitionerRole>('PractitionerRole/ruth-miller-office')
    const named = put({ ...office, healthcareService: [{ reference: 'HealthcareService/haircut' }] })
    expect(refusal(await named)).toMatchObject({ status: 422, text: expect.stringContaining('no provider') })
  })

  test('one without hours, with a warning', async () => {
    await put({ ...roleOf('idle', 'dr-lee'), availableTime: undefined }).expect(201)
    const answer = await server
      .put('HealthcareService/slow', serviceOf('slow', ['idle']), { Prefer: 'return=OperationOutcome' })
      .expect(201)
    expect((answer.body as OperationOutcome).issue).toContainEqual(
      expect.objectContaining({
        severity: 'warning',
        details: expect.objectContaining({ text: expect.stringContaining('PractitionerRole/idle has no hours') })
      })
    )
  })
})

describe('lists', () => {
  test('bulk: many services in one transaction, and the role gets one version', async () => {
    await put(roleOf('bulk', 'dr-lee')).expect(201)
    const services = ['bulk-1', 'bulk-2', 'bulk-3']
    await transaction(...services.map(id => serviceOf(id))).expect(200)
    await transaction(...services.map(id => serviceOf(id, ['bulk']))).expect(200)
    expect([await servicesOf('bulk'), await versionOf('PractitionerRole/bulk')]).toEqual([services, 2])
    const { body } = await server
      .get('HealthcareService?provider=PractitionerRole/bulk&active=true&_sort=name')
      .expect(200)
    expect(body.entry.map((entry: { resource: { id: string } }) => entry.resource.id)).toEqual(services)
  })

  test('by practitioner: those of all roles', async () => {
    await put(roleOf('of-novak', 'pt-novak')).expect(201)
    await put(serviceOf('massage', ['of-novak'])).expect(201)
    const { body } = await server.get('HealthcareService?provider=Practitioner/pt-novak&_sort=name').expect(200)
    expect(body.entry.map((entry: { resource: { id: string } }) => entry.resource.id)).toEqual([
      'massage',
      'physiotherapy'
    ])
  })
})
