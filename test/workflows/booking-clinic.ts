/** A clinic with a doctor on a server, for tests of booking; and what they ask for again and again. */
import type { Appointment, Bundle, Slot } from 'fhir/r4.js'
import type { Response } from 'supertest'
import { CANONICAL } from '../../src/fhir/types.js'
import { testServer, type TestServer, type TestServerOptions } from '../support/server.js'

export const NOW = new Date('2027-01-01T12:00:00Z')
/** The fourth of January 2027 is a Monday; the clinic is in New York. */
export const MONDAY = 'start=ge2027-01-04T00:00:00-05:00&start=lt2027-01-05T00:00:00-05:00&_count=100'

export interface Clinic {
  server: TestServer
  /** Free Slots of a Monday. */
  free(query: string): Promise<Slot[]>
  book(slots: (string | undefined)[], more?: Partial<Appointment>): Promise<Response>
  read(id: string): Promise<Appointment>
  close(): Promise<void>
}

export const ours = (name: string): string => `${CANONICAL}/StructureDefinition/${name}`
const HOURS = [
  { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], availableStartTime: '09:00:00', availableEndTime: '12:00:00' }
]

const role = (practitioner: string, location: string) => ({
  active: true,
  practitioner: { reference: `Practitioner/${practitioner}` },
  location: [{ reference: `Location/${location}` }],
  availableTime: HOURS
})

/** `Schedule/{role}` of a role. */
export const schedule = (of: string, who: string, where: string, more: object = {}) => ({
  active: true,
  actor: [`PractitionerRole/${of}`, `Practitioner/${who}`, `Location/${where}`].map(reference => ({ reference })),
  ...more
})

const service = (minutes: number, after?: number) => ({
  active: true,
  name: `Service of ${minutes} minutes`,
  type: [{ coding: [{ system: 'urn:example:services', code: `s${minutes}` }] }],
  extension: [
    { url: ours('service-duration'), valueDuration: { value: minutes, unit: 'min' } },
    ...(after ? [{ url: ours('buffer-after'), valueDuration: { value: after, unit: 'min' } }] : [])
  ]
})

const RESOURCES: Record<string, object> = {
  'Location/east': { status: 'active', name: 'East' },
  'Location/west': { status: 'active', name: 'West' },
  'Practitioner/ann': { active: true, name: [{ family: 'Arbor' }] },
  'Practitioner/ben': { active: true, name: [{ family: 'Birch' }] },
  'PractitionerRole/ann-east': role('ann', 'east'),
  'PractitionerRole/ann-west': role('ann', 'west'),
  'PractitionerRole/ben-east': role('ben', 'east'),
  'HealthcareService/visit': service(30),
  'HealthcareService/therapy': service(45, 15)
}

export async function clinic(options: TestServerOptions = {}): Promise<Clinic> {
  const server = await testServer({ clock: () => NOW, ...options })
  await server.sql(
    `update tenants set config = config || '{"appointments": {"auto_schedule": false, "overlapping_schedules": true}}' where id = 'demo'`
  )
  const other = await server.as('demo', 'system/*.cruds')
  const put = async (path: string, elements: object): Promise<void> => {
    const [resourceType, id] = path.split('/')
    const answer = await other.put(path, { resourceType, id, ...elements })
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`)
  }
  for (const [path, elements] of Object.entries(RESOURCES)) await put(path, elements)
  await put('Schedule/ann-east', schedule('ann-east', 'ann', 'east'))
  await put('Schedule/ann-west', schedule('ann-west', 'ann', 'west'))
  await put(
    'Schedule/ben-east',
    schedule('ben-east', 'ben', 'east', {
      extension: [{ url: ours('slot-capacity'), valuePositiveInt: 3 }]
    })
  )
  return { ...on(server), close: () => server.close() }
}

/** The same on any server. */
export function on(server: TestServer): Omit<Clinic, 'close'> {
  return {
    server,
    async free(query) {
      const answer = await server.get(`Slot?status=free&${query}&${MONDAY}`)
      if (answer.status !== 200) throw new Error(answer.text)
      return ((answer.body as Bundle<Slot>).entry ?? []).map(({ resource }) => resource!)
    },
    book: (slots, more = {}) =>
      server.post('Appointment', {
        resourceType: 'Appointment',
        status: 'booked',
        slot: slots.map(id => ({ reference: `Slot/${id}` })),
        participant: [{ actor: { display: 'M. Rossi' }, status: 'accepted' }],
        ...more
      }),
    async read(id) {
      return (await server.get(`Appointment/${id}`)).body as Appointment
    }
  }
}

/** `09:00` ... on the clock of the clinic. */
export const times = (slots: readonly Slot[]): string[] => slots.map(({ start }) => start.slice(11, 16))

/** Lets all holds run out, as the database's clock would. */
export const runOut = async ({ server }: Pick<Clinic, 'server'>): Promise<void> => {
  await server.sql(`update slot_seats set held_until = now() where held_until is not null`)
  await server.sql(`update appointments set held_until = now() where held_until is not null`)
}
