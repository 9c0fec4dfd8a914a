/** S9: whose account is suspended, disabled or erased keeps the appointments, and who does it hears of all of them. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { OperationOutcome, PractitionerRole, Slot } from 'fhir/r4.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser } from '../support/account.js'
import { clinic, ours, schedule, type Clinic } from './booking-clinic.js'

let c: Clinic
let account: PractitionerRole & { id: string }
let practitioner: string
const booked: string[] = []
const OUTCOME = { Prefer: 'return=OperationOutcome' }

const hours = (start: string, end: string) => ({
  availableTime: [{ daysOfWeek: ['mon'], availableStartTime: start, availableEndTime: end }]
})
async function put(path: string, elements: object): Promise<void> {
  const [resourceType, id] = path.split('/')
  await c.server.put(path, { resourceType, id, ...elements }).expect(201)
}
async function bookAll(slots: Slot[]): Promise<void> {
  for (const { id } of slots) {
    const answer = await c.book([id])
    if (answer.status !== 201) throw new Error(answer.text)
    booked.push(answer.body.id as string)
  }
}

/** In the clinic named by the account itself, and after another role of the same person elsewhere. */
beforeAll(async () => {
  c = await clinic()
  const sent = clinicalUser(CROWD[31]!, { login: 'leaving', email: 'leaving@x.example', tags: ['VERIFIED'] })
  const at = (id: string) => [{ reference: `Location/${id}` }]
  account = (
    await c.server
      .post('PractitionerRole', { ...sent, location: at('east'), ...hours('09:00:00', '12:00:00') })
      .expect(201)
  ).body as typeof account
  practitioner = account.practitioner!.reference!
  const other = { active: true, practitioner: account.practitioner, location: at('west') }
  await put('PractitionerRole/leaving-west', { ...other, ...hours('12:00:00', '00:00:00') })
  const who = practitioner.split('/')[1]!
  await put('Schedule/leaving-east', schedule(account.id, who, 'east'))
  await put('Schedule/leaving-west', schedule('leaving-west', who, 'west'))
  await bookAll((await c.free('schedule=Schedule/leaving-east')).slice(0, 1))
  await bookAll((await c.free('schedule=Schedule/leaving-west')).slice(0, 1))
}, 60_000)
afterAll(() => c?.close())

/** What the answer warns of, by S9. */
const warnings = ({ issue }: OperationOutcome): string[] =>
  issue.filter(({ details }) => details?.coding?.[0]?.code === 'S9').map(({ details }) => details!.text!)

async function expectAllListed(outcome: OperationOutcome): Promise<void> {
  const [told, ...more] = warnings(outcome)
  expect(more).toEqual([])
  expect(told).toMatch(new RegExp(`^${booked.length} of the future appointments`))
  for (const id of booked.slice(0, 2)) expect(told).toContain(`Appointment/${id}`)
  for (const id of booked) expect((await c.read(id)).status).toBe('booked')
}

test('suspended: those of all roles of the person are listed, once', async () => {
  const path = `PractitionerRole/${account.id}`
  const before = (await c.server.get(path)).body as PractitionerRole
  const others = before.extension!.filter(({ url }) => url !== ours('membership-status'))
  const suspended = { ...before, extension: [...others, { url: ours('membership-status'), valueCode: 'suspended' }] }
  await expectAllListed((await c.server.put(path, suspended, OUTCOME).expect(200)).body as OperationOutcome)
  expect(warnings((await c.server.put(path, before, OUTCOME).expect(200)).body as OperationOutcome)).toEqual([])
})

test('of more than are listed by name the number is told', async () => {
  await bookAll((await c.free('schedule=Schedule/leaving-west')).slice(0, 21))
  const path = 'Location/west'
  const before = (await c.server.get(path)).body as object
  const closed = await c.server.put(path, { ...before, status: 'inactive' }, OUTCOME).expect(200)
  const [told] = warnings(closed.body as OperationOutcome)
  expect(told).toMatch(/^22 of the future appointments .* and 2 more$/)
  await c.server.put(path, before).expect(200)
})

test('disabled: all are listed; once more, nothing is done and nothing told', async () => {
  const disable = () => c.server.post(`${practitioner}/$disable`, {}, OUTCOME).expect(200)
  await expectAllListed((await disable()).body as OperationOutcome)
  const again = (await disable()).body as OperationOutcome
  expect(again.issue).toMatchObject([{ severity: 'information' }])
  const plain = await c.server.post(`${practitioner}/$disable`, {}).expect(200)
  expect(plain.body).toMatchObject({ resourceType: 'PractitionerRole', id: account.id, active: false })
})

test('erased: all are listed once, and stay', async () => {
  const erased = await c.server.post(`${practitioner}/$erase`, {}, OUTCOME).expect(200)
  await expectAllListed(erased.body as OperationOutcome)
})
