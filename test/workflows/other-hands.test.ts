/** S9: a role or a Schedule that becomes somebody else's: their own work counts, and what is booked is whose it was. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome, Schedule, Slot } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'
import { NOW } from './booking-clinic.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ clock: () => NOW })
  for (const id of ['one', 'two', 'three']) await put('Practitioner', id, { name: [{ family: id }] })
  await put('PractitionerRole', 'first', role('one', '09:00', '12:00'))
  await put('PractitionerRole', 'second', role('two', '11:00', '13:00'))
})
afterAll(() => server?.close())

const send = (type: string, id: string, elements: object, headers = {}) =>
  server.put(`${type}/${id}`, { resourceType: type, id, active: true, ...elements }, headers)
async function put(type: string, id: string, elements: object): Promise<void> {
  const answer = await send(type, id, elements)
  if (answer.status > 201) throw new Error(answer.text)
}
const role = (practitioner: string, from: string, to: string) => ({
  practitioner: { reference: `Practitioner/${practitioner}` },
  location: [{ reference: 'Location/main' }],
  availableTime: [{ daysOfWeek: ['mon'], availableStartTime: `${from}:00`, availableEndTime: `${to}:00` }]
})
const scheduleOf = async (id: string): Promise<Schedule> => {
  const { body } = await server.get(`Schedule?actor=PractitionerRole/${id}`).expect(200)
  return (body as Bundle<Schedule>).entry![0]!.resource!
}
const free = async (practitioner: string): Promise<Slot[]> => {
  const { body } = await server.get(`Slot?status=free&schedule.actor=Practitioner/${practitioner}&_count=1`)
  return ((body as Bundle<Slot>).entry ?? []).map(({ resource }) => resource!)
}

test('a role is not given to whom it would have work at two places', async () => {
  const { id } = await scheduleOf('second')
  expect(refusal(await send('PractitionerRole', 'first', role('two', '09:00', '12:00')))).toMatchObject({
    status: 409,
    code: 'conflict',
    text: expect.stringContaining(`Schedule/${id}`),
    expression: 'PractitionerRole.practitioner'
  })
  await put('PractitionerRole', 'first', role('two', '09:00', '11:00'))
  await put('PractitionerRole', 'first', role('one', '09:00', '12:00'))
})

test('its automatic Schedule goes along, one made by hand is told of', async () => {
  await put('PractitionerRole', 'first', role('three', '09:00', '12:00'))
  expect((await scheduleOf('first')).actor.map(({ reference }) => reference)).toEqual([
    'PractitionerRole/first',
    'Practitioner/three',
    'Location/main'
  ])
  expect([await free('one'), (await free('three')).length]).toEqual([[], 1])
  const { meta: _, ...schedule } = await scheduleOf('first')
  await put('Schedule', schedule.id!, schedule)
  const prefer = { Prefer: 'return=OperationOutcome' }
  const answer = await send('PractitionerRole', 'first', role('one', '09:00', '12:00'), prefer)
  expect((answer.body as OperationOutcome).issue.map(({ details }) => details?.text)).toContainEqual(
    expect.stringMatching(`^Schedule/${schedule.id} still names Practitioner/three`)
  )
  await put('PractitionerRole', 'first', role('three', '09:00', '12:00'))
})

test('what is booked keeps role and Schedule with whom it was booked', async () => {
  const [slot] = await free('three')
  const appointment = { resourceType: 'Appointment', status: 'booked', slot: [{ reference: `Slot/${slot!.id}` }] }
  const participant = [{ actor: { display: 'M. Rossi' }, status: 'accepted' }]
  const booked = await server.post('Appointment', { ...appointment, participant }).expect(201)
  const refused = { status: 409, code: 'conflict', text: expect.stringMatching('^1 future appointment is booked with') }
  const given = await send('PractitionerRole', 'first', role('one', '09:00', '12:00'))
  expect(refusal(given)).toMatchObject({ ...refused, expression: 'PractitionerRole.practitioner' })
  const { id, actor, ...schedule } = await scheduleOf('first')
  const actors = [{ reference: 'PractitionerRole/second' }, ...actor.slice(2)]
  const moved = await send('Schedule', id!, { ...schedule, actor: actors })
  expect(refusal(moved)).toMatchObject({ ...refused, expression: 'Schedule.actor' })
  // Another role of the same practitioner changes nothing for who is booked.
  const { availableTime: _, ...another } = role('three', '', '')
  await put('PractitionerRole', 'third', another)
  await put('Schedule', id!, { ...schedule, actor: [{ reference: 'PractitionerRole/third' }, ...actor.slice(1)] })
  await put('Schedule', id!, { ...schedule, actor })
  await server.delete(`Appointment/${booked.body.id}`).expect(204)
  await put('PractitionerRole', 'first', role('one', '09:00', '12:00'))
})
