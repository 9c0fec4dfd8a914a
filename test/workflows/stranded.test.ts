/** S9: what is booked with is not deleted, and who changes what is around a booking hears of it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OperationOutcome } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { clinic, ours, type Clinic } from './booking-clinic.js'

let c: Clinic
const booked: string[] = []
beforeAll(async () => {
  c = await clinic()
  const visits = await c.free('schedule=Schedule/ann-east&service-type-reference=HealthcareService/visit')
  const plain = await c.free('schedule=Schedule/ann-east')
  for (const slot of [visits[0], plain.at(-1)]) {
    const answer = await c.book([slot!.id])
    if (answer.status !== 201) throw new Error(answer.text)
    booked.push(answer.body.id as string)
  }
}, 60_000)
afterAll(() => c?.close())

/** Warnings of S9 that the change of a resource brings; `undo` puts it back as it was. */
async function changed(path: string, change: object): Promise<string[]> {
  const before = (await c.server.get(path).expect(200)).body as object
  const answer = await c.server.put(path, { ...before, ...change }, { Prefer: 'return=OperationOutcome' })
  if (answer.status !== 200) throw new Error(answer.text)
  await c.server.put(path, before).expect(200)
  return (answer.body as OperationOutcome).issue
    .filter(({ details }) => details?.coding?.[0]?.code === 'S9')
    .map(({ details }) => details!.text!)
}
const closure = (start: string, end: string) => ({
  extension: [{ url: ours('closure'), extension: [{ url: 'period', valuePeriod: { start, end } }] }]
})
const hours = (availableStartTime: string, availableEndTime: string) => ({
  availableTime: [{ daysOfWeek: ['mon'], availableStartTime, availableEndTime }]
})

test.each([
  ['Schedule/ann-east', '2 future appointments are'],
  ['PractitionerRole/ann-east', '2 future appointments are'],
  ['HealthcareService/visit', '1 future appointment is']
])('%s is not deleted: %s booked', async (path, count) => {
  expect(refusal(await c.server.delete(path))).toMatchObject({
    status: 409,
    code: 'conflict',
    text: expect.stringMatching(
      `^${count} booked with ${path}: cancel or move .*Appointment/${booked[0]} on 2027-01-04T09:00`
    )
  })
  await c.server.get(path).expect(200)
})

const both = [0, 1]
test.each<[string, string, object, number[]]>([
  ['later hours of the role', 'PractitionerRole/ann-east', hours('10:00:00', '12:00:00'), [0]],
  ['earlier hours of the role', 'PractitionerRole/ann-east', hours('09:00:00', '11:00:00'), [1]],
  ['more hours of the role', 'PractitionerRole/ann-east', hours('08:00:00', '13:00:00'), []],
  ['a role that ends', 'PractitionerRole/ann-east', { period: { end: '2026-12-31' } }, both],
  [
    'an absence',
    'PractitionerRole/ann-east',
    { notAvailable: [{ description: 'x', during: { start: '2027-01-04', end: '2027-01-04' } }] },
    both
  ],
  ['an inactive role', 'PractitionerRole/ann-east', { active: false }, both],
  [
    'hours of the Location',
    'Location/east',
    { hoursOfOperation: [{ openingTime: '09:00:00', closingTime: '11:00:00' }] },
    [1]
  ],
  ['a Location that is suspended', 'Location/east', { status: 'suspended' }, both],
  ['an inactive Schedule', 'Schedule/ann-east', { active: false }, both],
  ['an inactive practitioner', 'Practitioner/ann', { active: false }, both],
  ['a closed morning', 'Practitioner/ann', closure('2027-01-04T09:00:00-05:00', '2027-01-04T10:00:00-05:00'), [0]],
  ['another day that is closed', 'Practitioner/ann', closure('2027-01-05', '2027-01-05'), []],
  ['hours of the service', 'HealthcareService/visit', hours('10:00:00', '12:00:00'), [0]],
  ['an inactive service', 'HealthcareService/visit', { active: false }, [0]],
  ['a new name', 'HealthcareService/visit', { name: 'Visit' }, []]
])('%s: the appointments stay, and a warning lists those concerned', async (_, path, change, concerned) => {
  const warnings = await changed(path, change)
  expect(warnings).toHaveLength(concerned.length > 0 ? 1 : 0)
  booked.forEach((id, index) => expect((warnings[0] ?? '').includes(id)).toBe(concerned.includes(index)))
  for (const id of booked) expect((await c.read(id)).status).toBe('booked')
})

test('once they are cancelled and deleted nothing holds the Schedule', async () => {
  for (const id of booked) {
    await c.server.put(`Appointment/${id}`, { ...(await c.read(id)), status: 'cancelled' }).expect(200)
    await c.server.delete(`Appointment/${id}`).expect(204)
  }
  for (const path of ['HealthcareService/visit', 'Schedule/ann-east', 'PractitionerRole/ann-east'])
    expect([path, (await c.server.delete(path)).text]).toEqual([path, ''])
})
