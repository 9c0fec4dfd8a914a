/** S9 at once: nobody comes to work in two places by two entries of one Bundle, nor by two requests at the same time. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import type { Bundle, PractitionerRole, Schedule } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'
import { ours } from './booking-clinic.js'

let demo: TestServer
/** A tenant without automatic Schedules. */
let server: TestServer
beforeAll(async () => {
  demo = await testServer({ clock: () => new Date('2026-01-05T17:00:00Z') })
  const config = JSON.stringify({ appointments: { auto_schedule: false } })
  await demo.sql(`update tenants set config = config || $1 where id = 'demo-es'`, [config])
  server = await demo.as('demo-es', 'system/*.cruds')
  await put({ resourceType: 'Location', id: 'main' })
})
afterAll(() => demo?.close())

type Made = { resourceType: string; id: string }
const put = (resource: Made) => server.put(`${resource.resourceType}/${resource.id}`, resource)
const transaction = (...resources: Made[]) => transactionOf(server, ...resources)
const transactionOf = (at: TestServer, ...resources: Made[]) =>
  at.post('', {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: resources.map(resource => ({
      resource,
      request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` }
    }))
  })

const hours = (start: string, end: string) => [
  { daysOfWeek: ['mon' as const], availableStartTime: `${start}:00`, availableEndTime: `${end}:00` }
]
const role = (name: string, ...times: [string, string]): PractitionerRole & Made => ({
  resourceType: 'PractitionerRole',
  id: `${who}-${name}`,
  active: true,
  practitioner: { reference: `Practitioner/${who}` },
  location: [{ reference: 'Location/main' }],
  availableTime: hours(...times)
})
const schedule = (of: string, id = of, start?: string): Schedule & Made => ({
  resourceType: 'Schedule',
  id: `${who}-${id}`,
  active: true,
  actor: [{ reference: `PractitionerRole/${who}-${of}` }, { reference: 'Location/main' }],
  ...(start && {
    extension: [
      {
        url: ours('schedule-hours'),
        extension: [
          { url: 'daysOfWeek', valueCode: 'mon' },
          { url: 'start', valueTime: `${start}:00` },
          { url: 'end', valueTime: '17:00:00' }
        ]
      }
    ]
  })
})
const absent = (path: string) => server.get(path).expect(404)

let people = 0
let who: string
beforeEach(async () => {
  who = `twin-${++people}`
  await put({ resourceType: 'Practitioner', id: who }).expect(201)
})

test('two Schedules of one Bundle that overlap are refused, and neither is written', async () => {
  await put(role('one', '09:00', '12:00')).expect(201)
  await put(role('two', '11:00', '13:00')).expect(201)
  expect(refusal(await transaction(schedule('one'), schedule('two')))).toMatchObject({
    status: 409,
    code: 'conflict',
    text: expect.stringContaining(`Schedule/${who}-one`),
    expression: 'Bundle.entry[1].resource'
  })
  for (const id of ['one', 'two']) await absent(`Schedule/${who}-${id}`)
  await transaction(schedule('one'), { ...schedule('two'), active: false } as Made).expect(200)
})

test('two Schedules of one Bundle with roles of it that do not overlap are made', async () => {
  const roles = [role('one', '09:00', '12:00'), role('two', '12:00', '13:00')]
  await transaction(...roles, schedule('one'), schedule('two')).expect(200)
})

test('roles that change their hours in one Bundle are seen as they will be', async () => {
  const [one, two] = [role('one', '09:00', '12:00'), role('two', '12:00', '13:00')]
  await transaction(one, two, schedule('one'), schedule('two')).expect(200)
  const swapped = {
    one: { ...one, availableTime: two.availableTime! },
    two: { ...two, availableTime: one.availableTime! }
  }
  await transaction(swapped.one, swapped.two).expect(200)
  const both = [
    { ...one, availableTime: hours('14:00', '16:00') },
    { ...two, availableTime: hours('15:00', '17:00') }
  ]
  expect(refusal(await transaction(...both))).toMatchObject({ status: 409, code: 'conflict' })
  expect((await server.get(`PractitionerRole/${one.id}`)).body.availableTime).toEqual(two.availableTime)
})

test('of two roles of one Bundle that overlap the first gets an automatic Schedule', async () => {
  const person: Made = { resourceType: 'Practitioner', id: who }
  await transactionOf(demo, person, role('one', '09:00', '12:00'), role('two', '11:00', '13:00')).expect(200)
  const { body } = await demo.get(`Schedule?actor:PractitionerRole.practitioner=Practitioner/${who}`).expect(200)
  expect((body as Bundle<Schedule>).entry?.map(({ resource }) => resource!.actor[0]!.reference)).toEqual([
    `PractitionerRole/${who}-one`
  ])
})

const ROUNDS = 20
const statuses = async (requests: Promise<{ status: number }>[]): Promise<number[]> =>
  (await Promise.all(requests)).map(({ status }) => status).sort()

test('of two Schedules at once exactly one is made', async () => {
  await put(role('one', '09:00', '12:00')).expect(201)
  await put(role('two', '11:00', '13:00')).expect(201)
  for (let round = 0; round < ROUNDS; round++) {
    const both = [schedule('one', `one-${round}`), schedule('two', `two-${round}`)]
    expect(await statuses(both.map(async each => await put(each)))).toEqual([201, 409])
    for (const { id } of both) await server.delete(`Schedule/${id}`)
  }
}, 60_000)

test('of hours and a Schedule that overlap, at once, exactly one stands', async () => {
  const [before, after] = [role('one', '09:00', '12:00'), role('one', '09:00', '16:00')]
  await put(before).expect(201)
  await put(role('two', '09:00', '10:00')).expect(201)
  await put(schedule('one')).expect(201)
  for (let round = 0; round < ROUNDS; round++) {
    const late = schedule('two', `late-${round}`, '15:00')
    const [changed, made] = await Promise.all([put(after), put(late)])
    expect([changed.status, made.status].filter(status => status === 409)).toHaveLength(1)
    await server.delete(`Schedule/${late.id}`)
    await put(before).expect(200)
  }
}, 60_000)
