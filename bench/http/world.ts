/** Fills a database: a tenant of many practitioners with roles, one of 500 providers with hours, and the directory. */
import pg from 'pg'
import { hashSecret } from '../../src/auth/index.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import { multiply, withoutIndexes } from './multiply.js'
import { familyOf, FRESH, givenOf, npiOf, RANGES, SQL } from './people.js'

export const TENANTS = { large: 'bench', providers: 'bench-500' } as const
export const SECRET = 'bench-secret'
const NPI = 'http://hl7.org/fhir/sid/us-npi'

export async function migrate(url: string): Promise<void> {
  const database = await openDatabase({ databaseUrl: url, dataDir: '' })
  await database.migrate()
  await database.close()
}

/** The schema, tenants, clients and directory. */
export async function prepare(url: string, size: number, say: (line: string) => void): Promise<void> {
  await migrate(url)
  await asOwner(url, async client => {
    await client.query(SQL)
    const hash = await hashSecret(SECRET)
    for (const tenant of Object.values(TENANTS)) {
      await client.query(
        `insert into tenants (id, slug, name, type, time_zone, country, config)
         values ($1, $1, $1, 'practice_group', 'America/New_York', 'US', '{"services": {"many_providers": true}}')`,
        [tenant]
      )
      await client.query(`insert into oauth_clients (id, tenant, secret_hash, scopes) values ($1, $1, $2, $3)`, [
        tenant,
        hash,
        'system/*.cruds create_users'
      ])
    }
    say(`directory: ${size + FRESH} records`)
    const refill = await withoutIndexes(client, 'npi_directory')
    for (const [from, count] of [
      [RANGES.directory, size],
      [RANGES.fresh, FRESH]
    ])
      await client.query(
        `insert into npi_directory (npi, entity_type, family, given, sex, practice_line1, practice_city, practice_state,
           practice_postal_code, practice_country, phone, taxonomies, enumerated_on)
         select bench.npi(${from} + n), '1', bench.family(n), bench.given(n), 'F', n || ' Example Avenue', 'Albany', 'NY',
           '12207', 'US', '518555' || lpad((n % 10000)::text, 4, '0'), '[{"code": "207Q00000X", "primary": true}]', '2020-01-15'
         from generate_series(1::bigint, ${count}) n`
      )
    await refill()
  })
}

/** Sends a request to the server as the client of a tenant; throws when it is refused. */
export type Send = (tenant: string, method: string, path: string, body: object) => Promise<unknown>

/** A word for each place of the resource that is copied; it folds to itself in small letters. */
const TEMPLATE = { id: 'p-zzidzz', role: 'r-zzidzz', npi: npiOf(RANGES.own), family: 'Zzfamzz', given: 'Zzgivzz' }

export async function fill(url: string, size: number, send: Send, say: (line: string) => void): Promise<void> {
  for (const tenant of Object.values(TENANTS)) {
    await send(tenant, 'PUT', 'Organization/practice', {
      resourceType: 'Organization',
      id: 'practice',
      active: true,
      name: 'Practice'
    })
    await send(tenant, 'PUT', 'Location/clinic', {
      resourceType: 'Location',
      id: 'clinic',
      status: 'active',
      name: 'Clinic',
      ...IN_ZONE
    })
  }
  await providers(send, TENANTS.large, 20)
  await providers(send, TENANTS.providers, 500)
  await send(TENANTS.large, 'PUT', `Practitioner/${TEMPLATE.id}`, practitionerOf(TEMPLATE))
  await send(TENANTS.large, 'PUT', `PractitionerRole/${TEMPLATE.role}`, roleOf(TEMPLATE.role, TEMPLATE.id))
  await asOwner(url, async client => {
    // Copies are whole: triggers have run for what is copied. The family's and the given name's folded forms come after them.
    await client.query('set session_replication_role = replica')
    const replacements = [
      ['zzidzz', `lpad(n::text, 8, '0')`],
      [TEMPLATE.npi, `bench.npi(${RANGES.own} + n)`],
      ['Zzfamzz', 'bench.family(n)'],
      ['Zzgivzz', 'bench.given(n)'],
      ['zzfamzz', 'lower(bench.family(n))'],
      ['zzgivzz', 'lower(bench.given(n))']
    ] as const
    await multiply(client, TENANTS.large, replacements, size, say)
    await client.query('reset session_replication_role')
    say('statistics')
    await client.query('vacuum analyze')
    await client.query('checkpoint')
  })
}

export const ZONE = 'America/New_York'
const IN_ZONE = { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: ZONE }] }

/** Id of the n-th of the many; a number of their own for the checks to ask for. */
export const practitionerId = (n: number): string => `p-${String(n).padStart(8, '0')}`

const practitionerOf = ({ id, npi, family, given }: { id: string; npi: string; family: string; given: string }) => ({
  resourceType: 'Practitioner',
  id,
  meta: { profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'] },
  identifier: [
    { system: NPI, value: npi },
    { system: 'https://clinic.example/staff', value: `staff-${id}` }
  ],
  active: true,
  name: [{ use: 'official', text: `${given} ${family}, MD`, family, given: [given], suffix: ['MD'] }],
  telecom: [{ system: 'phone', value: '5185550100', use: 'work' }],
  address: [
    { use: 'work', line: ['1 Example Avenue'], city: 'Albany', state: 'NY', postalCode: '12207', country: 'US' }
  ],
  gender: 'female'
})

const roleOf = (id: string, practitioner: string, more: object = {}) => ({
  resourceType: 'PractitionerRole',
  id,
  active: true,
  practitioner: { reference: `Practitioner/${practitioner}` },
  organization: { reference: 'Organization/practice' },
  code: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/practitioner-role', code: 'doctor' }] }],
  specialty: [{ coding: [{ system: 'http://nucc.org/provider-taxonomy', code: '207Q00000X' }] }],
  location: [{ reference: 'Location/clinic' }],
  ...more
})

/** Providers with hours, each with a Schedule, which the server makes; and a service of the first 20. */
async function providers(send: Send, tenant: string, count: number): Promise<void> {
  const put = (resource: { resourceType: string; id: string }) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` }
  })
  const hours = {
    availableTime: [
      { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], availableStartTime: '09:00:00', availableEndTime: '17:00:00' }
    ]
  }
  for (let start = 1; start <= count; start += 100) {
    const entry = Array.from({ length: Math.min(100, count + 1 - start) }, (_, index) => start + index).flatMap(n => [
      put(practitionerOf({ id: `provider-${n}`, npi: npiOf(n), family: familyOf(n), given: givenOf(n) })),
      put(roleOf(`provider-${n}`, `provider-${n}`, hours))
    ])
    await send(tenant, 'POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
  }
  const canonical = 'https://locum.example/fhir/StructureDefinition'
  await send(tenant, 'PUT', 'HealthcareService/visit', {
    resourceType: 'HealthcareService',
    id: 'visit',
    active: true,
    name: 'Visit',
    location: [{ reference: 'Location/clinic' }],
    extension: [
      {
        url: `${canonical}/service-duration`,
        valueDuration: { value: 30, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' }
      },
      ...Array.from({ length: 20 }, (_, index) => ({
        url: `${canonical}/service-provider`,
        valueReference: { reference: `PractitionerRole/provider-${index + 1}` }
      }))
    ]
  })
}

export async function asOwner<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return work(client).finally(() => client.end())
}

/** How many users there are: at least as many people were taken. */
export const usersIn = (url: string): Promise<number> =>
  asOwner(url, async client => {
    const { rows } = await client.query<{ count: number }>('select count(*)::int as count from users')
    return rows[0]!.count
  })
