/** What is measured: requests, and the floor beside each. */
import { clinicalUser } from '../../test/support/account.js'
import { appointmentIn } from './bookings.js'
import { FRESH, familyOf, givenOf, npiOf, RANGES } from './people.js'
import { practitionerId, TENANTS } from './world.js'

const NPI = 'http://hl7.org/fhir/sid/us-npi'

export interface BenchRequest {
  method: 'GET' | 'POST'
  /** Below the FHIR base. */
  path: string
  body?: string
}

export interface Case {
  name: string
  tenant: string
  /** The n-th request; creates never ask the same twice. */
  request(n: number): BenchRequest
  /** What of the floor's speed is to be reached. */
  goal?: number
  /**
   * `statement`: one, named, with what it looks for in the n-th request. `same`: the one that the server sends, named.
   * `rows`: the rows that the server wrote, as one statement. `hash`: of a password, and nothing else.
   */
  floor:
    | { kind: 'statement'; text: string; values(n: number): unknown[] }
    | { kind: 'same' }
    | { kind: 'rows' }
    | { kind: 'hash' }
  /** Milliseconds at p50 that are not to be passed. */
  below?: number
  connections?: number
  /** So many times as long as the others, since few are done in a second. */
  longer?: number
}

const DOCUMENT = (alias: string, type: string): string =>
  `resource_history ${alias}h on ${alias}h.tenant_id = ${alias}.tenant_id and ${alias}h.type = '${type}' and ${alias}h.id = ${alias}.id and ${alias}h.version = ${alias}.version`

/** What the requests are made from, in every process the same. */
export interface Setting {
  /** Practitioners; which of them the n-th request is about is spread over all. */
  size: number
  /** First day of the week whose Slots are asked for. */
  monday: string
  /** Number of the first request: behind those of an earlier run in the same database. */
  first: number
  /** Short keys of the Schedules that are booked. */
  calendars: readonly string[]
}

export function cases({ size, monday, calendars }: Setting): Case[] {
  const one = (n: number): number => 1 + ((n * 7919) % size)
  const large = TENANTS.large
  const week = `start=ge${monday}&start=lt${later(monday, 7)}&status=free`
  const slots = (query: string): ((n: number) => BenchRequest) => {
    const request: BenchRequest = { method: 'GET', path: `Slot?${[query, week].filter(Boolean).join('&')}&_count=50` }
    return () => request
  }
  const booking = (path: string, n: number): BenchRequest => ({
    method: 'POST',
    path,
    body: JSON.stringify(appointmentIn(calendars, monday, n))
  })
  return [
    {
      name: 'read by id',
      tenant: large,
      goal: 0.7,
      request: n => ({ method: 'GET', path: `Practitioner/${practitionerId(one(n))}` }),
      floor: {
        kind: 'statement',
        text: `select ph.document from practitioners p join ${DOCUMENT('p', 'Practitioner')} where p.tenant_id = $1 and p.id = $2`,
        values: n => [large, practitionerId(one(n))]
      }
    },
    {
      name: 'NPI lookup',
      tenant: large,
      goal: 0.55,
      request: n => ({ method: 'GET', path: `Practitioner?identifier=${NPI}|${npiOf(RANGES.directory + one(n))}` }),
      floor: {
        kind: 'statement',
        text: 'select to_jsonb(d) from npi_directory d where d.npi = $1',
        values: n => [npiOf(RANGES.directory + one(n))]
      }
    },
    {
      name: 'role by NPI, chained, with include',
      tenant: large,
      request: n => ({
        method: 'GET',
        path: `PractitionerRole?practitioner.identifier=${NPI}|${npiOf(RANGES.own + one(n))}&_include=PractitionerRole:practitioner`
      }),
      floor: {
        kind: 'statement',
        text: `select rh.document, ph.document from practitioner_identifiers i
          join practitioners p on p.tenant_id = i.tenant_id and p.id = i.practitioner_id join ${DOCUMENT('p', 'Practitioner')}
          join practitioner_roles r on r.tenant_id = p.tenant_id and r.practitioner_id = p.id and r.practitioner_type = 'Practitioner'
          join ${DOCUMENT('r', 'PractitionerRole')} where i.tenant_id = $1 and i.system = '${NPI}' and i.value = $2`,
        values: n => [large, npiOf(RANGES.own + one(n))]
      }
    },
    {
      name: 'name:contains, two names',
      tenant: large,
      request: n => {
        const [family, given] = parts(one(n))
        return { method: 'GET', path: `Practitioner?name:contains=${family}&name:contains=${given}&_count=10` }
      },
      floor: {
        kind: 'statement',
        text: `select ph.document from practitioners p join ${DOCUMENT('p', 'Practitioner')} where p.tenant_id = $1 and p.id in (
            select w.practitioner_id from practitioner_name_words w where w.tenant_id = $1
              and w.texts like '%' || $2 || '%' and w.texts like '%' || $3 || '%')
          order by p.id limit 11`,
        values: n => [large, ...parts(one(n))]
      }
    },
    {
      name: 'create a clinical user, no password',
      tenant: large,
      goal: 0.25,
      request: n => create(n % FRESH),
      floor: { kind: 'rows' }
    },
    {
      name: 'create a clinical user with password',
      tenant: large,
      goal: 0.8,
      request: n => create((n + FRESH / 2) % FRESH, 'correct horse battery'),
      floor: { kind: 'hash' }
    },
    {
      name: 'transaction of 100 entries',
      tenant: large,
      request: transactionOf,
      floor: { kind: 'rows' },
      connections: 4,
      longer: 3
    },
    {
      name: 'Slots of a week, one practitioner',
      tenant: large,
      goal: 0.35,
      request: slots('schedule.actor=PractitionerRole/provider-7'),
      floor: { kind: 'same' }
    },
    {
      name: 'Slots of a week, service with 20 providers',
      tenant: large,
      request: slots('service-type-reference=HealthcareService/visit'),
      floor: { kind: 'same' }
    },
    {
      name: 'Slots of a week, tenant with 500 providers',
      tenant: TENANTS.providers,
      request: slots(''),
      floor: { kind: 'same' },
      below: 50,
      connections: 1
    },
    {
      name: 'book: POST Appointment',
      tenant: TENANTS.providers,
      request: n => booking('Appointment', 2 * n),
      floor: { kind: 'rows' }
    },
    {
      name: 'book: $book',
      tenant: TENANTS.providers,
      request: n => booking('Appointment/$book', 2 * n + 1),
      floor: { kind: 'rows' }
    }
  ]
}

/** Four letters of the middle of the family's name, and the first five of the given one. */
const parts = (n: number): [string, string] => [familyOf(n).slice(1, 5), givenOf(n).slice(0, 5).toLowerCase()]

const later = (day: string, days: number): string =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10)

function create(n: number, password?: string): BenchRequest {
  const [number, run] = [n + 1, process.pid.toString(36)]
  const person = { npi: npiOf(RANGES.fresh + number), family: familyOf(number), given: givenOf(number), taxonomy: '' }
  const login = `${run}.${number}${password ? 'p' : ''}`
  const user = clinicalUser(person, {
    login,
    email: `${login}@clinic.example`,
    tags: ['VERIFIED'],
    ...(password && { password })
  })
  const [practitioner] = user.contained
  const identifier = practitioner.identifier!.slice(0, 1)
  return {
    method: 'POST',
    path: 'PractitionerRole',
    body: JSON.stringify({ ...user, contained: [{ ...practitioner, identifier }] })
  }
}

function transactionOf(n: number): BenchRequest {
  const entry = Array.from({ length: 50 }, (_, index) => {
    const id = `urn:uuid:00000000-0000-4000-8000-${String(index).padStart(12, '0')}`
    const practitioner = {
      resourceType: 'Practitioner',
      active: true,
      identifier: [{ system: 'https://clinic.example/staff', value: `t-${process.pid}-${n}-${index}` }],
      name: [{ use: 'official', family: familyOf(n + index), given: [givenOf(n + index)] }]
    }
    const role = {
      resourceType: 'PractitionerRole',
      active: true,
      practitioner: { reference: id },
      location: [{ reference: 'Location/clinic' }]
    }
    return [
      { fullUrl: id, resource: practitioner, request: { method: 'POST', url: 'Practitioner' } },
      { resource: role, request: { method: 'POST', url: 'PractitionerRole' } }
    ]
  }).flat()
  return { method: 'POST', path: '', body: JSON.stringify({ resourceType: 'Bundle', type: 'transaction', entry }) }
}
