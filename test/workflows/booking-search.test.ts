/** Appointments by what a booking system asks for. https://hl7.org/fhir/R4/appointment.html#search and IHE Scheduling (ITI-118) */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Appointment, Bundle } from 'fhir/r4.js'
import { clinic, type Clinic } from './booking-clinic.js'

let c: Clinic
/** By the names that the table gives them. */
const ids = new Map<string, string>()
let slot = ''
beforeAll(async () => {
  c = await clinic()
  const visits = await c.free('schedule=Schedule/ann-east&service-type-reference=HealthcareService/visit')
  const bens = await c.free('schedule=Schedule/ben-east')
  slot = visits[0]!.id!
  const patient = (id: string) => [{ actor: { reference: `Patient/${id}` }, status: 'accepted' as const }]
  const codes = [{ system: 'urn:example:portal', value: '17' }]
  await book('visit', visits[0]!.id, { participant: patient('p1'), identifier: codes })
  await book('held', visits[2]!.id, { participant: patient('p2'), status: 'pending' })
  await book('group', bens[0]!.id, { participant: patient('p1') })
  await book('ended', bens[3]!.id, { participant: patient('p2') })
  await c.server.post(`Appointment/${ids.get('ended')}/$cancel`, { resourceType: 'Parameters' }).expect(200)
}, 60_000)
afterAll(() => c?.close())

async function book(name: string, id: string | undefined, more: Partial<Appointment>): Promise<void> {
  const answer = await c.book([id], more)
  if (answer.status !== 201) throw new Error(answer.text)
  ids.set(name, answer.body.id as string)
}
const entries = (body: unknown) => (body as Bundle<Appointment>).entry ?? []
async function names(query: string): Promise<string[]> {
  const { body } = await c.server.get(`Appointment?${query.replace('{slot}', slot)}`).expect(200)
  const found = new Set(entries(body).map(({ resource }) => resource!.id))
  return [...ids].filter(([, id]) => found.has(id)).map(([name]) => name)
}

describe.each<[string, [string, string[]][]]>([
  [
    'date',
    [
      ['date=2027-01-04', ['visit', 'held', 'group', 'ended']],
      ['date=ge2027-01-04T10:00:00-05:00&date=lt2027-01-04T10:30:00-05:00', ['held']],
      ['date=lt2027-01-04T10:00:00-05:00', ['visit', 'group']],
      ['date=2027-01-05', []]
    ]
  ],
  [
    'status',
    [
      ['status=booked', ['visit', 'group']],
      ['status=booked,pending', ['visit', 'held', 'group']],
      ['status:not=cancelled', ['visit', 'held', 'group']]
    ]
  ],
  [
    'who',
    [
      ['patient=Patient/p1', ['visit', 'group']],
      ['patient=p2&status=pending', ['held']],
      ['practitioner=Practitioner/ben', ['group', 'ended']],
      ['practitioner.family=arbor', ['visit', 'held']],
      ['actor=Practitioner/ann', ['visit', 'held']],
      ['location=Location/east', ['visit', 'held', 'group', 'ended']],
      ['location=Location/west', []]
    ]
  ],
  [
    'what',
    [
      ['slot=Slot/{slot}', ['visit']],
      ['service-type=s30', ['visit', 'held']],
      ['service-type=urn:example:services|s30&patient=p1', ['visit']],
      ['service-type=s45', []],
      ['identifier=urn:example:portal|17', ['visit']]
    ]
  ]
])('by %s', (_, table) => {
  test.each(table)('%s', async (query, expected) => {
    expect(await names(query)).toEqual(expected)
  })
})

test('by POST as well, in order of time, with those who take part', async () => {
  const { body } = await c.server.http
    .post('/fhir/R4/Appointment/_search')
    .set('Authorization', `Bearer ${c.server.token}`)
    .type('form')
    .send('patient=Patient/p2&_sort=-date&_include=Appointment:actor')
    .expect(200)
  const found = entries(body)
  const matches = found.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource!.id)
  expect(matches).toEqual([ids.get('ended'), ids.get('held')])
  const others = found
    .filter(({ search }) => search?.mode === 'include')
    .map(({ fullUrl }) => fullUrl!.split('/R4/')[1])
  expect(others.sort()).toEqual(['HealthcareService/visit', 'Location/east', 'Practitioner/ann', 'Practitioner/ben'])
})

test('the total is told on each page, unless nobody wants it', async () => {
  const first = (await c.server.get('Appointment?date=2027-01-04&_count=3').expect(200)).body as Bundle
  const { url } = first.link!.find(({ relation }) => relation === 'next')!
  const next = (await c.server.get(url.split('/R4/')[1]!).expect(200)).body as Bundle
  expect([first.total, first.entry!.length, next.total, next.entry!.length]).toEqual([4, 3, 4, 1])
  const none = (await c.server.get('Appointment?date=2027-01-04&_count=3&_total=none').expect(200)).body as Bundle
  expect(none.total).toBeUndefined()
})
