/** Many at once for the same opening, through two server processes on one Postgres (S8); and one of them killed. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Slot } from 'fhir/r4.js'
import { setTimeout as sleep } from 'node:timers/promises'
import { processes, type Child } from '../support/process.js'
import { clinic, NOW, type Clinic } from './booking-clinic.js'

const [CALLERS, ROUNDS] = process.env.SOAK ? [500, 50] : [40, 2]
const LIMIT = process.env.SOAK ? 3_600_000 : 60_000
const WEEKS = 'start=ge2027-01-04&start=lt2027-03-12&_count=1000'
const { start, endAll } = processes(new URL('./booking-process.ts', import.meta.url))

interface Remote {
  child: Child
  book(slot: string): Promise<number>
}
let c: Clinic
let servers: Remote[]
beforeAll(async () => {
  c = await clinic()
  servers = await Promise.all([remote(), remote()])
}, 120_000)
afterAll(async () => {
  await endAll()
  await c?.close()
})

async function remote(): Promise<Remote> {
  const child = start(c.server.url, NOW.toISOString())
  await child.lines(1)
  const base = `http://127.0.0.1:${child.said[0]}`
  const client = { grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' }
  const answer = await fetch(`${base}/oauth/token`, { method: 'POST', body: new URLSearchParams(client) })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/fhir+json' }
  const book = async (slot: string): Promise<number> => {
    const body = JSON.stringify({
      resourceType: 'Appointment',
      status: 'booked',
      slot: [{ reference: `Slot/${slot}` }],
      participant: [{ actor: { display: 'M. Rossi' }, status: 'accepted' }]
    })
    const { status } = await fetch(`${base}/fhir/R4/Appointment`, { method: 'POST', headers, body })
    return status
  }
  return { child, book }
}

const openings = async (query: string): Promise<Slot[]> => {
  const { body } = await c.server.get(`Slot?status=free&${query}&${WEEKS}`)
  return ((body as Bundle<Slot>).entry ?? []).map(({ resource }) => resource!)
}

/** All at once, turn by turn on either server and for either Slot: how often each status came. */
async function race(slots: readonly string[]): Promise<Record<number, number>> {
  const calls = Array.from({ length: CALLERS }, (_, n) =>
    servers[n % 2]!.book(slots[Math.floor(n / 2) % slots.length]!)
  )
  const counts: Record<number, number> = {}
  for (const status of await Promise.all(calls)) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

const EAST = 'schedule=Schedule/ann-east'

test(
  `one of ${CALLERS} gets an opening, whichever clinic of the practitioner they ask`,
  async () => {
    const [east, west] = [await openings(EAST), await openings('schedule=Schedule/ann-west')]
    for (let round = 0; round < ROUNDS; round++)
      expect(await race([east[round]!.id!, west[round]!.id!])).toEqual({ 201: 1, 409: CALLERS - 1 })
  },
  LIMIT
)

test(
  'three get an opening of three seats',
  async () => {
    const slots = await openings('schedule=Schedule/ben-east')
    for (let round = 0; round < ROUNDS; round++)
      expect(await race([slots[round]!.id!])).toEqual({ 201: 3, 409: CALLERS - 3 })
  },
  LIMIT
)

test(
  'one gets what another’s buffer would touch',
  async () => {
    const therapy = await openings(`${EAST}&service-type-reference=HealthcareService/therapy`)
    const plain = await openings(EAST)
    const days = therapy.filter(({ start: at }) => at.includes('T09:00')).slice(-ROUNDS)
    for (const slot of days) {
      // From 9:00 to 9:45, and a quarter of an hour kept free: 9:30 touches both.
      const inside = plain.find(({ start: at }) => at === slot.start.replace('T09:00', 'T09:30'))!
      expect(await race([slot.id!, inside.id!])).toEqual({ 201: 1, 409: CALLERS - 1 })
    }
  },
  LIMIT
)

test(
  'a server that is killed leaves no half booking',
  async () => {
    const slots = (await openings(EAST)).slice(-60)
    const calls = slots.map(({ id }) => servers[0]!.book(id!).catch(() => 0))
    await sleep(60)
    await servers[0]!.child.kill()
    const statuses = await Promise.all(calls)
    const half = await c.server.sql(`
    select a.id from appointments a join appointment_slots s on s.tenant_id = a.tenant_id and s.appointment_id = a.id
      left join slot_seats t on t.tenant_id = a.tenant_id and t.appointment_id = a.id and t.slot_id = s.target_id
      where a.status = 'booked' and t.n is null
    union all select w.id from slots w left join slot_seats t on t.tenant_id = w.tenant_id and t.slot_id = w.id
      where w.occupies and t.n is null
    union all select t.slot_id from slot_seats t left join appointments a on a.tenant_id = t.tenant_id and a.id = t.appointment_id
      where a.id is null`)
    expect(half).toEqual([])
    const [taken] = await c.server.sql<{ count: number }>('select count(*) from slot_seats')
    expect(taken!.count).toBeGreaterThanOrEqual(statuses.filter(status => status === 201).length)
    const again = await Promise.all(slots.map(({ id }) => servers[1]!.book(id!)))
    expect(again.every((status, n) => status === 201 || (status === 409 && statuses[n] !== 409))).toBe(true)
  },
  LIMIT
)
