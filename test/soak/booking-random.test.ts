/** Random bookings, holds, moves and changes of hours in three time zones; after each step what is offered is what the oracle says. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Appointment, Bundle, Slot } from 'fhir/r4.js'
import type { ScheduleFacts, WeeklyHours } from '../../src/domain/availability/index.js'
import { oracle } from '../domain/oracle.js'
import { factsOf } from '../domain/availability/facts.js'
import { testServer, type TestServer } from '../support/server.js'
import { NOW, ours, runOut, schedule } from '../workflows/booking-clinic.js'

const [STEPS, SEED] = [Number(process.env.STEPS ?? (process.env.SOAK ? 20_000 : 30)), Number(process.env.SEED ?? 4713)]
const MINUTE = 60_000

/** Two of the days have a change of the clock. */
const CLINICS = [
  { name: 'york', zone: 'America/New_York', day: '2027-03-14', from: '2027-03-13T17:00:00Z', capacity: 1 },
  { name: 'madrid', zone: 'Europe/Madrid', day: '2027-03-28', from: '2027-03-27T12:00:00Z', capacity: 2 },
  { name: 'kathmandu', zone: 'Asia/Kathmandu', day: '2027-02-01', from: '2027-01-31T12:00:00Z', capacity: 1 }
]
const SERVICES = { '': { minutes: 30, after: 0 }, therapy: { minutes: 45, after: 15 } } as const
type Service = keyof typeof SERVICES
const HOURS: WeeklyHours[][] = [
  [{ start: '09:00', end: '12:00' }],
  [
    { start: '08:00', end: '10:00' },
    { start: '13:30', end: '16:00' }
  ],
  [{ start: '22:00', end: '04:00' }],
  []
]

interface Clinic {
  name: string
  zone: string
  from: string
  day: string
  capacity: number
  hours: WeeklyHours[]
  closed: boolean
  active: boolean
}
interface Taken {
  id: string
  clinic: Clinic
  service: Service
  start: number
  end: number
  held: boolean
}

let server: TestServer
let taken: Taken[] = []
const clinics: Clinic[] = CLINICS.map(each => ({ ...each, hours: HOURS[0]!, closed: false, active: true }))

let state = SEED
const below = (most: number): number => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return Math.floor((state / 2 ** 32) * most)
}
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!

const put = async (path: string, elements: object): Promise<void> => {
  const [resourceType, id] = path.split('/')
  const answer = await server.put(path, { resourceType, id, ...elements })
  if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`)
}

const clock = (time: string) => `${time}:00`
const settle = async ({ name, hours, active, closed, day }: Clinic): Promise<void> => {
  const period = { url: 'period', valuePeriod: { start: day, end: day } }
  await put(`Practitioner/${name}`, {
    active: true,
    name: [{ family: name }],
    ...(closed && { extension: [{ url: ours('closure'), extension: [period] }] })
  })
  await put(`PractitionerRole/${name}`, {
    active,
    practitioner: { reference: `Practitioner/${name}` },
    location: [{ reference: `Location/${name}` }],
    ...(hours.length > 0 && {
      availableTime: hours.map(({ start, end }) => ({
        daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
        availableStartTime: clock(start!),
        availableEndTime: clock(end!)
      }))
    })
  })
}

beforeAll(async () => {
  server = await testServer({ clock: () => NOW })
  await server.sql(
    `update tenants set config = config || '{"appointments": {"auto_schedule": false}}' where id = 'demo'`
  )
  const [duration, after] = ['service-duration', 'buffer-after'].map((name, n) => {
    return { url: ours(name), valueDuration: { value: n === 0 ? 45 : 15, unit: 'min' } }
  })
  await put('HealthcareService/therapy', { active: true, name: 'Therapy', extension: [duration, after] })
  for (const each of clinics) {
    const zone = { url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: each.zone }
    await put(`Location/${each.name}`, { status: 'active', name: each.name, extension: [zone] })
    await settle(each)
    const capacity = { url: ours('slot-capacity'), valuePositiveInt: each.capacity }
    await put(`Schedule/${each.name}`, schedule(each.name, each.name, each.name, { extension: [capacity] }))
  }
}, 60_000)
afterAll(() => server?.close())

const until = ({ from }: Clinic): number => Date.parse(from) + 40 * 60 * MINUTE

async function offered(clinic: Clinic, service: Service): Promise<Slot[]> {
  const of = service ? `&service-type-reference=HealthcareService/${service}` : ''
  const range = `start=ge${clinic.from}&start=lt${new Date(until(clinic)).toISOString()}`
  const answer = await server.get(`Slot?status=free&schedule=Schedule/${clinic.name}&${range}${of}&_count=500`)
  return ((answer.body as Bundle<Slot>).entry ?? []).map(({ resource }) => resource!)
}

/** What the oracle is told of a clinic: seats of the same service, and all else as busy time. */
function factsFor(clinic: Clinic, service: Service): ScheduleFacts {
  const blocked = (each: Taken) => ({ start: each.start, end: each.end + SERVICES[each.service].after * MINUTE })
  const mine = taken.filter(each => each.clinic === clinic)
  const windows = new Map(mine.filter(each => each.service === service).map(each => [each.start, each]))
  return factsOf({
    zone: clinic.zone,
    hours: clinic.active ? clinic.hours : [],
    closures: clinic.closed ? [{ start: clinic.day, end: clinic.day }] : [],
    capacity: clinic.capacity,
    busy: mine.filter(each => each.service !== service).map(blocked),
    seats: [...windows.values()].map(each => ({
      start: each.start,
      end: each.end,
      blocked: blocked(each),
      taken: mine.filter(other => other.service === service && other.start === each.start).length
    })),
    ...(service && { service: { minutes: 45, after: 15, closures: [] } })
  })
}

/** Appointments beyond the seats of their Slot, and Slots of one practitioner that are taken at the same time, as the rows say. */
const OVERLAPS = `select s.target_id as slot from appointments a join appointment_slots s
    on s.tenant_id = a.tenant_id and s.appointment_id = a.id join slots w on w.tenant_id = a.tenant_id and w.id = s.target_id
  where a.status in ('pending', 'booked') and (a.held_until is null or a.held_until > now())
  group by w.capacity, s.target_id having count(*) > w.capacity
  union all select w.id from slots w join slots o on o.tenant_id = w.tenant_id and o.subject = w.subject and o.id > w.id
    and o.start_at < w.end_at and w.start_at < o.end_at where w.occupies and o.occupies`

async function check(clinic: Clinic): Promise<void> {
  const services = Object.keys(SERVICES) as Service[]
  const found = services.map(service => offered(clinic, service))
  const overlaps = server.sql(OVERLAPS)
  const right = services.map(service => oracle(factsFor(clinic, service), Date.parse(clinic.from), until(clinic)))
  for (const [index, slots] of (await Promise.all(found)).entries())
    expect(slots.map(({ start, end }) => [Date.parse(start), Date.parse(end)])).toEqual(
      right[index]!.map(({ start, end }) => [start, end])
    )
  expect(await overlaps).toEqual([])
}

const body = (slot: string, status: string) => ({
  resourceType: 'Appointment',
  status,
  slot: [{ reference: `Slot/${slot}` }],
  participant: [{ actor: { display: 'M. Rossi' }, status: 'accepted' }]
})

const STEP: Record<string, (clinic: Clinic) => Promise<void>> = {
  async book(clinic) {
    const service = pick(['', 'therapy'] as const)
    const free = await offered(clinic, service)
    if (free.length === 0) return
    const slot = pick(free)
    const held = below(3) === 0
    const answer = await server.post('Appointment', body(slot.id!, held ? 'pending' : 'booked'))
    expect(answer.status).toBe(201)
    const { id } = answer.body as Appointment
    taken.push({ id: id!, clinic, service, start: Date.parse(slot.start), end: Date.parse(slot.end), held })
  },
  async full(clinic) {
    const one = pick(taken.filter(each => each.clinic === clinic))
    if (!one) return
    const facts = factsFor(clinic, one.service)
    const still = oracle(facts, one.start, one.start + MINUTE).some(({ end }) => end === one.end)
    const { slot } = (await server.get(`Appointment/${one.id}`)).body as Appointment
    const answer = await server.post('Appointment', body(slot![0]!.reference!.slice(5), 'booked'))
    if (still) taken.push({ ...one, id: (answer.body as Appointment).id!, held: false })
    expect(still ? answer.status === 201 : [409, 422].includes(answer.status)).toBe(true)
  },
  async cancel(clinic) {
    const one = pick(taken.filter(each => each.clinic === clinic))
    if (!one) return
    expect((await server.post(`Appointment/${one.id}/$cancel`, PARAMETERS)).status).toBe(200)
    taken = taken.filter(each => each !== one)
  },
  async move(clinic) {
    const one = pick(taken.filter(each => each.clinic === clinic))
    const free = one ? await offered(clinic, one.service) : []
    if (free.length === 0) return
    const slot = pick(free)
    const answer = await server.post(`Appointment/${one.id}/$reschedule?slot=Slot/${slot.id}`, PARAMETERS)
    expect(answer.status).toBe(200)
    Object.assign(one, { start: Date.parse(slot.start), end: Date.parse(slot.end) })
  },
  async lapse() {
    await runOut({ server })
    taken = taken.filter(({ held }) => !held)
  },
  async hours(clinic) {
    clinic.hours = pick(HOURS)
    await settle(clinic)
  },
  async close(clinic) {
    clinic.closed = !clinic.closed
    await settle(clinic)
  },
  async suspend(clinic) {
    clinic.active = !clinic.active
    await settle(clinic)
  }
}
const PARAMETERS = { resourceType: 'Parameters' }
const OFTEN = ['book', 'book', 'book', 'book', 'full', 'cancel', 'move', 'lapse', 'hours', 'close', 'suspend']

test(`${STEPS} steps from seed ${SEED}`, async () => {
  for (let step = 0; step < STEPS; step++) {
    const [name, clinic] = [pick(OFTEN), pick(clinics)]
    try {
      await STEP[name]!(clinic)
      for (const each of name === 'lapse' ? clinics : [clinic]) await check(each)
    } catch (error) {
      throw new Error(`Step ${step} (${name} at ${clinic.name}, seed ${SEED}): ${(error as Error).message}`, {
        cause: error
      })
    }
  }
}, 7_200_000)
