/** Seed 003, its scheduling part, from its top to its bottom: schedules, their slots, changes, clinic assignment. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Extension, OperationOutcome, Slot } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  // Thursday; New York.
  server = await testServer({ clock: () => new Date('2026-01-01T12:00:00Z') })
  for (const id of ['north-clinic', 'south-clinic'])
    await put({ resourceType: 'Location', id, status: 'active', name: id }).expect(201)
  await put({ resourceType: 'Practitioner', id: 'smith', active: true, name: [{ family: 'Smith' }] }).expect(201)
})
afterAll(() => server?.close())

type Made = { resourceType: string; id: string; [element: string]: unknown }
const put = (resource: Made) => server.put(`${resource.resourceType}/${resource.id}`, resource)
const ours = (name: string, value: object): Extension => ({ url: `${CANONICAL}/StructureDefinition/${name}`, ...value })
const assigned = (clinic: string, primary: boolean, start: string, end?: string) => ({
  reference: `Location/${clinic}`,
  extension: [
    ours('clinic-assignment', {
      extension: [
        { url: 'period', valuePeriod: { start, ...(end && { end }) } },
        { url: 'primary', valueBoolean: primary }
      ]
    })
  ]
})
const role = (more: object = {}): Made => ({
  resourceType: 'PractitionerRole',
  id: 'smith-role',
  active: true,
  practitioner: { reference: 'Practitioner/smith' },
  location: [assigned('north-clinic', true, '2026-01-01'), assigned('south-clinic', false, '2026-01-12', '2026-02-28')],
  ...more
})
const TYPES = 'http://terminology.hl7.org/CodeSystem/v2-0276'
const shift = (day: string, start: string, end: string, more: Extension[] = []): Extension =>
  ours('schedule-hours', {
    extension: [
      { url: 'daysOfWeek', valueCode: day },
      { url: 'start', valueTime: start },
      { url: 'end', valueTime: end },
      ...more
    ]
  })
const schedule = (clinic: string, ...extension: Extension[]): Made => ({
  resourceType: 'Schedule',
  id: `smith-${clinic}`,
  active: true,
  extension,
  actor: ['PractitionerRole/smith-role', 'Practitioner/smith', `Location/${clinic}`].map(reference => ({ reference }))
})
const slots = async (query: string): Promise<Slot[]> => {
  const { body } = await server.get(`Slot?status=free&_count=500&${query}`).expect(200)
  return ((body as Bundle).entry ?? []).map(({ resource }) => resource as Slot)
}
const days = (found: Slot[]): string[] => [...new Set(found.map(({ start }) => start.slice(0, 10)))]
const times = (found: Slot[]): string[] => found.map(({ start }) => start.slice(11, 16))
const MONDAY = 'start=ge2026-01-05T00:00:00-05:00&start=lt2026-01-06T00:00:00-05:00'

test('Clinic assignment: with start, end and primary; a schedule is for a clinic of the practitioner', async () => {
  await put(role()).expect(201)
  const { body } = await server.get('PractitionerRole/smith-role').expect(200)
  expect(body).toMatchObject({ location: role().location })
  expect(refusal(await put(schedule('main', shift('mon', '09:00:00', '10:00:00'))))).toMatchObject({ status: 422 })
})

test('Schedules per clinic, with slot duration, capacity and appointment types', async () => {
  const walkIn = { url: 'appointmentType', valueCodeableConcept: { coding: [{ system: TYPES, code: 'WALKIN' }] } }
  const more = [{ url: 'minutes', valuePositiveInt: 20 }, { url: 'capacity', valuePositiveInt: 2 }, walkIn]
  const north = schedule(
    'north-clinic',
    shift('mon', '09:00:00', '12:00:00'),
    shift('mon', '13:00:00', '14:00:00', more)
  )
  await put(north).expect(201)
  await put(schedule('south-clinic', shift('tue', '09:00:00', '10:00:00'))).expect(201)
  const found = await slots(`schedule=Schedule/smith-north-clinic&${MONDAY}`)
  expect(times(found)).toEqual(['09:00', '09:30', '10:00', '10:30', '11:00', '11:30', '13:00', '13:20', '13:40'])
  const walkIns = await slots(`schedule=Schedule/smith-north-clinic&appointment-type=WALKIN&${MONDAY}`)
  expect(times(walkIns)).toEqual(['13:00', '13:20', '13:40'])
})

test('Capacity: two may book the same slot, then it is gone', async () => {
  const [slot] = await slots(`schedule=Schedule/smith-north-clinic&appointment-type=WALKIN&${MONDAY}`)
  for (const left of [3, 2]) {
    await server
      .post('Appointment', {
        resourceType: 'Appointment',
        status: 'booked',
        slot: [{ reference: `Slot/${slot!.id}` }],
        participant: [{ actor: { display: 'A patient' }, status: 'accepted' }]
      })
      .expect(201)
    const free = await slots(`schedule=Schedule/smith-north-clinic&appointment-type=WALKIN&${MONDAY}`)
    expect(free).toHaveLength(left)
  }
})

test('Across clinics: schedules of all are found, each only while the assignment lasts', async () => {
  const all = await slots('schedule.actor=Practitioner/smith')
  expect([...new Set(all.map(slot => slot.schedule.reference))].sort()).toEqual([
    'Schedule/smith-north-clinic',
    'Schedule/smith-south-clinic'
  ])
  const south = days(await slots('schedule=Schedule/smith-south-clinic'))
  expect([south[0], south.at(-1), south.length]).toEqual(['2026-01-13', '2026-02-24', 7])
})

test('Conflicts: a second schedule at the same time is refused', async () => {
  const clash = schedule('south-clinic', shift('mon', '11:00:00', '12:00:00'))
  expect(refusal(await put(clash))).toMatchObject({
    status: 409,
    text: expect.stringContaining('Schedule/smith-north-clinic')
  })
})

test('Modifying: deletion with future appointments is prevented, changed times warn', async () => {
  expect(refusal(await server.delete('Schedule/smith-north-clinic'))).toMatchObject({
    status: 409,
    text: expect.stringMatching(/^2 future appointments/)
  })
  const morning = schedule('north-clinic', shift('mon', '09:00:00', '12:00:00'))
  const answer = await server.put('Schedule/smith-north-clinic', morning, { Prefer: 'return=OperationOutcome' })
  const texts = (answer.body as OperationOutcome).issue.map(({ details }) => details!.text)
  expect(texts).toContainEqual(expect.stringMatching(/^2 of the future appointments no longer/))
})

test.each([
  ['inactive', { active: false }],
  ['on leave', { extension: [ours('practitioner-status', { valueCode: 'on_leave' })] }]
])('Status: a practitioner who is %s shows no available slots', async (_, change) => {
  const smith = { resourceType: 'Practitioner', id: 'smith', name: [{ family: 'Smith' }] }
  await put({ ...smith, ...change }).expect(200)
  expect(await slots('schedule.actor=Practitioner/smith')).toEqual([])
  await put({ ...smith, active: true }).expect(200)
  expect((await slots('schedule.actor=Practitioner/smith')).length).toBeGreaterThan(0)
})

test('Configuration: buffer time and default duration of the organization count', async () => {
  await server.sql(
    `update tenants set config = config || '{"appointments": {"default_duration": 60, "buffer_time_minutes": 15}}' where id = 'demo-north'`
  )
  const north = await server.as('demo-north')
  const found = await north.get('Slot?status=free&start=ge2026-01-05&_count=1').expect(200)
  const [entry] = (found.body as Bundle).entry!
  const { start, end } = entry!.resource as Slot
  expect((Date.parse(end) - Date.parse(start)) / 60_000).toBe(60)
})
