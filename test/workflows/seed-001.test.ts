/** Seed 001, assigning services to providers, from its top to its bottom and with its numbers. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Extension, HealthcareService, OperationOutcome, Slot } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let clinic: TestServer
const ours = (name: string): string => `${CANONICAL}/StructureDefinition/${name}`
const provider = (role: string): Extension => ({
  url: ours('service-provider'),
  valueReference: { reference: `PractitionerRole/${role}` }
})

interface Wanted {
  id?: string
  name: string
  minutes: number
  price?: number
  providers?: string[]
}
const service = ({ id, name, minutes, price, providers = [] }: Wanted): HealthcareService => ({
  resourceType: 'HealthcareService',
  ...(id && { id }),
  active: true,
  name,
  location: [{ reference: 'Location/clinic' }],
  extension: [
    { url: ours('service-duration'), valueDuration: { value: minutes, unit: 'min' } },
    ...(price ? [{ url: ours('service-price'), valueMoney: { value: price, currency: 'EUR' as const } }] : []),
    ...providers.map(provider)
  ]
})
const put = (resource: { resourceType: string; id?: string }) =>
  clinic.put(`${resource.resourceType}/${resource.id}`, resource)
const person = (id: string, given: string, family: string) => ({
  resourceType: 'Practitioner',
  id,
  name: [{ text: `${given} ${family}`, family, given: [given] }]
})
const role = (id: string, who: string, start?: string, end?: string, more: object = {}) => ({
  resourceType: 'PractitionerRole',
  id,
  active: true,
  practitioner: { reference: `Practitioner/${who}` },
  location: [{ reference: 'Location/clinic' }],
  ...(start && { availableTime: [{ daysOfWeek: ['mon'], availableStartTime: start, availableEndTime: end }] }),
  ...more
})

beforeAll(async () => {
  server = await testServer({ clock: () => new Date('2026-01-17T11:00:00Z') })
  clinic = await server.as('demo-es')
  await put({
    resourceType: 'Location',
    id: 'clinic',
    status: 'active',
    extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'Europe/Madrid' }],
    hoursOfOperation: [{ daysOfWeek: ['mon'], openingTime: '08:00:00', closingTime: '20:00:00' }]
  } as { resourceType: string }).expect(201)
  await put(person('garcia', 'María', 'García')).expect(201)
  await put(person('lopez', 'Ana', 'López')).expect(201)
  await put(role('garcia-role', 'garcia', '09:00:00', '17:00:00')).expect(201)
  await put(role('lopez-role', 'lopez', '14:00:00', '21:00:00')).expect(201)
})
afterAll(() => server?.close())

const get = async <T>(path: string): Promise<T> => (await clinic.get(path).expect(200)).body as T
const found = async <T>(path: string): Promise<T[]> =>
  ((await get<Bundle>(path)).entry ?? []).map(({ resource }) => resource as T)
const MONDAY = 'start=ge2026-01-19T00:00:00%2B01:00&start=lt2026-01-20T00:00:00%2B01:00&_count=500'
const slots = (id: string, when = MONDAY) =>
  found<Slot>(`Slot?status=free&service-type-reference=HealthcareService/${id}&${when}`)
const times = (all: Slot[]): string[] => [...new Set(all.map(({ start }) => start.slice(11, 16)))].sort()
/** `09:00`, `09:30` ... up to and with the last. */
const every = (minutes: number, first: string, last: string): string[] => {
  const at = (clock: string): number => Date.parse(`2026-01-19T${clock}Z`)
  const count = (at(last) - at(first)) / (minutes * 60_000) + 1
  return Array.from({ length: count }, (_, n) => new Date(at(first) + n * minutes * 60_000).toISOString().slice(11, 16))
}
const providersOf = ({ extension = [] }: HealthcareService): string[] =>
  extension.filter(({ url }) => url === ours('service-provider')).map(each => each.valueReference!.reference!)
const audits = (id: string) =>
  server.sql(
    `select action, detail from audit_logs where tenant_id = 'demo-es' and entity_id = $1 and action like 'SERVICE%' order by created_at`,
    [id]
  )

let haircut: string

test('Method 1: a service is created with its provider', async () => {
  const answer = await clinic
    .post(
      'HealthcareService',
      service({ name: 'Haircut - Dr. García', minutes: 30, price: 25, providers: ['garcia-role'] })
    )
    .expect(201)
  expect(answer.body).toMatchObject({ name: 'Haircut - Dr. García', active: true, meta: { versionId: '1' } })
  expect(providersOf(answer.body as HealthcareService)).toEqual(['PractitionerRole/garcia-role'])
  haircut = answer.body.id as string
  expect(await get(`PractitionerRole/garcia-role`)).toMatchObject({
    healthcareService: [{ reference: `HealthcareService/${haircut}` }]
  })
})

test('Method 2: an existing service is assigned', async () => {
  await put(service({ id: 'cleaning', name: 'Dental Cleaning', minutes: 30 })).expect(201)
  const added = await clinic
    .patch('HealthcareService/cleaning', [{ op: 'add', path: '/extension/-', value: provider('garcia-role') }])
    .expect(200)
  expect(providersOf(added.body as HealthcareService)).toEqual(['PractitionerRole/garcia-role'])
})

test('Method 3: several services at once from the provider, in one transaction', async () => {
  const chosen = [
    { id: 'coloring', name: 'Hair Coloring - Dr. García', minutes: 60, price: 50 },
    { id: 'treatment', name: 'Hair Treatment', minutes: 45 }
  ]
  for (const each of chosen) await put(service(each)).expect(201)
  const entry = chosen.map(each => ({
    resource: service({ ...each, providers: ['garcia-role'] }),
    request: { method: 'PUT', url: `HealthcareService/${each.id}` }
  }))
  await clinic.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(200)
  const { healthcareService } = await get<{ healthcareService: object[] }>('PractitionerRole/garcia-role')
  expect(healthcareService).toHaveLength(4)
})

test('Scenario 1: of a service with a provider only that one is shown: 09:00, 09:30 ... 16:30', async () => {
  const free = await slots('cleaning')
  expect(times(free)).toEqual(every(30, '09:00', '16:30'))
  expect(free).toHaveLength(16)
  expect([...new Set(free.map(slot => slot.schedule.reference))]).toHaveLength(1)
})

test('Scenario 2: of one without a provider all are shown, within the hours of the clinic', async () => {
  await put(service({ id: 'consultation', name: 'General Consultation', minutes: 30 })).expect(201)
  const free = await slots('consultation')
  expect(times(free)).toEqual(every(30, '09:00', '19:30'))
  // García from 9 to 17, López from 14 to 20, when the clinic closes.
  expect(free).toHaveLength(16 + 12)
})

test('Scenario 3: services of 30 and of 60 minutes of one provider', async () => {
  expect(times(await slots(haircut))).toEqual(every(30, '09:00', '16:30'))
  expect(times(await slots('coloring'))).toEqual(every(60, '09:00', '16:00'))
})

test('Unassigning: the service becomes that of any provider', async () => {
  const current = await get<HealthcareService>('HealthcareService/treatment')
  const index = current.extension!.findIndex(({ url }) => url === ours('service-provider'))
  expect(times(await slots('treatment'))).toEqual(every(45, '09:00', '15:45'))
  await clinic.patch('HealthcareService/treatment', [{ op: 'remove', path: `/extension/${index}` }]).expect(200)
  expect(await slots('treatment')).toHaveLength(10 + 8)
  await put(service({ id: 'treatment', name: 'Hair Treatment', minutes: 45, providers: ['garcia-role'] })).expect(200)
})

test('Vacation of two weeks: a closure of the provider; the services stay assigned', async () => {
  const closed = [
    {
      url: ours('closure'),
      extension: [
        { url: 'period', valuePeriod: { start: '2026-01-19', end: '2026-02-01' } },
        { url: 'description', valueString: 'Vacation' }
      ]
    }
  ]
  await put({ ...person('garcia', 'María', 'García'), extension: closed } as { resourceType: string }).expect(200)
  expect(await slots('cleaning')).toEqual([])
  const days = (await slots('cleaning', 'start=lt2026-02-10&_count=500')).map(({ start }) => start.slice(0, 10))
  expect([...new Set(days)]).toEqual(['2026-02-02', '2026-02-09'])
  expect(providersOf(await get<HealthcareService>('HealthcareService/cleaning'))).toHaveLength(1)
  await put(person('garcia', 'María', 'García')).expect(200)
  expect(await slots('cleaning')).toHaveLength(16)
})

test('the provider’s list: by name, active ones only', async () => {
  const old: object = { ...service({ id: 'old', name: 'Old', minutes: 30, providers: ['garcia-role'] }), active: false }
  await clinic.put('HealthcareService/old', old).expect(201)
  for (const who of ['PractitionerRole/garcia-role', 'Practitioner/garcia']) {
    const all = await found<HealthcareService>(`HealthcareService?provider=${who}&active=true&_sort=name`)
    expect(all.map(({ name }) => name)).toEqual([
      'Dental Cleaning',
      'Hair Coloring - Dr. García',
      'Hair Treatment',
      'Haircut - Dr. García'
    ])
  }
})

describe('Common errors', () => {
  test('no permission', async () => {
    const reader = await server.as('demo-es', 'system/*.rs')
    const body = service({ id: 'cleaning', name: 'x', minutes: 30 })
    expect(refusal(await reader.put('HealthcareService/cleaning', body)).status).toBe(403)
  })

  test('no such provider', async () => {
    const answer = await put(service({ id: 'cleaning', name: 'x', minutes: 30, providers: ['nobody'] }))
    expect(refusal(answer)).toMatchObject({ status: 422, text: expect.stringContaining('PractitionerRole/nobody') })
  })

  test('assigned already: reassign it, or make a service each', async () => {
    const two = { id: 'cleaning', name: 'Dental Cleaning', minutes: 30, providers: ['garcia-role', 'lopez-role'] }
    expect(refusal(await put(service(two)))).toMatchObject({
      status: 409,
      text: expect.stringContaining('María García')
    })
    await put(service({ ...two, providers: ['lopez-role'] })).expect(200)
    expect(times(await slots('cleaning'))).toEqual(every(30, '14:00', '19:30'))
    await put(
      service({ id: 'cleaning-2', name: 'Dental Cleaning - García', minutes: 30, providers: ['garcia-role'] })
    ).expect(201)
  })

  test('a provider without hours: no Slots, and a warning that says so', async () => {
    await put(person('new', 'Eva', 'Nueva')).expect(201)
    await put(role('new-role', 'new')).expect(201)
    const wanted = service({ id: 'early', name: 'Early', minutes: 30, providers: ['new-role'] })
    const answer = await clinic
      .put('HealthcareService/early', wanted, { Prefer: 'return=OperationOutcome' })
      .expect(201)
    const texts = (answer.body as OperationOutcome).issue.map(({ details }) => details!.text)
    expect(texts).toContainEqual(expect.stringContaining('has no hours'))
    expect(await slots('early')).toEqual([])
  })
})

test('Booking from a person’s words: service, its provider’s Slots, appointment', async () => {
  const alias = { url: ours('service-alias'), valueString: 'corte de pelo' }
  await clinic.patch(`HealthcareService/${haircut}`, [{ op: 'add', path: '/extension/-', value: alias }]).expect(200)
  const words = encodeURIComponent('Quiero una cita para corte de pelo')
  const [meant] = await found<HealthcareService>(`HealthcareService/$match?name=${words}`)
  expect(meant!.id).toBe(haircut)
  const [slot] = await slots(meant!.id!)
  const { body } = await clinic
    .post('Appointment', {
      resourceType: 'Appointment',
      status: 'booked',
      slot: [{ reference: `Slot/${slot!.id}` }],
      participant: [{ actor: { display: 'Un cliente' }, status: 'accepted' }]
    })
    .expect(201)
  const actors = (body.participant as { actor: { reference?: string } }[]).map(({ actor }) => actor.reference)
  expect(actors).toEqual(expect.arrayContaining(['Practitioner/garcia', `HealthcareService/${haircut}`]))
  expect(times(await slots(haircut))).toEqual(every(30, '09:30', '16:30'))
})

test('Audit: who was assigned instead of whom', async () => {
  expect((await audits('cleaning')).slice(0, 3)).toEqual([
    { action: 'SERVICE_CREATED', detail: { new_provider_id: null } },
    { action: 'SERVICE_UPDATED', detail: { old_provider_id: null, new_provider_id: 'garcia-role' } },
    { action: 'SERVICE_UPDATED', detail: { old_provider_id: 'garcia-role', new_provider_id: 'lopez-role' } }
  ])
})
