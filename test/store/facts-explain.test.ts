/** What writes ask of a tenant with many practitioners reaches its rows by indexes, under the server's role. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { registry } from '../../src/resources/index.js'
import { referenceParam } from '../../src/search/params.js'
import type { SearchPlan } from '../../src/search/plan.js'
import type { Claim, FactRequest } from '../../src/store/ports.js'
import { lockStatements } from '../../src/store/postgres/claims-text.js'
import { facts, factsText } from '../../src/store/postgres/facts.js'
import type { Statement } from '../../src/store/postgres/statement.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

let t: TestDatabase
beforeAll(async () => {
  t = await testDatabase()
  await t.sql('set session_replication_role = replica')
  const rows = `select 'a', 'x' || n, 'm' || n from generate_series(1, 5000) n`
  await t.sql(
    `insert into memberships (tenant_id, id, user_id) select 'a', 'm' || n, 'u' || n from generate_series(1, 5000) n`
  )
  await t.sql(`insert into practitioners (tenant_id, id, membership_id) ${rows}`)
  await t.sql(`insert into practitioner_roles (tenant_id, id, membership_id, practitioner_type, practitioner_id)
    select 'a', 'x' || n, 'm' || n, 'Practitioner', 'x' || n from generate_series(1, 5000) n`)
  await t.sql(`insert into practitioner_identifiers (tenant_id, practitioner_id, position, system, value)
    select 'a', 'x' || n, 0, 'urn:x', n::text from generate_series(1, 5000) n`)
  await t.sql(`insert into schedule_actors (tenant_id, schedule_id, position, target_type, target_id)
    select 'a', 'x' || n, 0, 'PractitionerRole', 'x' || n from generate_series(1, 5000) n`)
  await t.sql(`insert into schedules (tenant_id, id, active, short_key)
    select 'a', 'x' || n, true, 'k' || n from generate_series(1, 5000) n`)
  await t.sql(`insert into slots (tenant_id, id, schedule_type, schedule_id, status, start_at, end_at, occupies, subject, blocked, capacity)
    select 'a', 's.k' || n || '.0.1.30', 'Schedule', 'x' || n, 'busy', '2027-01-04T09:00Z', '2027-01-04T09:30Z', true,
      'Practitioner/x' || n, '[2027-01-04T09:00Z,2027-01-04T09:30Z)', 1 from generate_series(1, 5000) n`)
  await t.sql(`insert into slot_seats (tenant_id, slot_id, n, appointment_id)
    select 'a', 's.k' || n || '.0.1.30', 1, 'x' || n from generate_series(1, 5000) n`)
  await t.sql('analyze')
}, 60_000)
afterAll(() => t.drop())

const LARGE = [
  'memberships',
  'practitioners',
  'practitioner_roles',
  'practitioner_identifiers',
  'schedule_actors',
  'schedules',
  'slots',
  'slot_seats'
]

const schedulesOf = (id: string): SearchPlan => {
  const param = referenceParam('actor', 'Schedule.actor', ['PractitionerRole'])
  const values = [{ form: 'reference' as const, type: 'PractitionerRole', id }]
  const where = [{ kind: 'param' as const, type: 'Schedule', param, values }]
  return { type: 'Schedule', where, sort: [], includes: [], count: 10, total: 'none', used: [], ignored: [] }
}

const REQUESTS: FactRequest[] = [
  { kind: 'current', type: 'Practitioner', id: 'x7' },
  { kind: 'exists', type: 'Practitioner', id: 'x7' },
  { kind: 'exists', type: 'Practitioner', id: 'x7', version: '2' },
  { kind: 'practitioner-with', system: 'urn:x', value: '7' },
  { kind: 'directory-of', practitioner: 'x7' },
  { kind: 'account-of', practitioner: 'x7' },
  { kind: 'provider', role: 'x7' },
  { kind: 'provider', role: 'x7', practitioner: 'x7' },
  { kind: 'providers-of', service: 's' },
  { kind: 'membership-of', type: 'Practitioner', id: 'x7' },
  { kind: 'membership-of', type: 'PractitionerRole', id: 'x7' },
  { kind: 'timetables', practitioner: 'x7' },
  { kind: 'timetables', role: 'x7' },
  { kind: 'ahead', of: 'schedule', id: 'x7', since: '2027-01-01T00:00:00Z' },
  { kind: 'ahead', of: 'calendar', id: 'x7', since: '2027-01-04T09:00:00Z', until: '2027-01-04T09:30:00Z' },
  {
    kind: 'slots-taken',
    slots: [{ id: 's.k9.0.2.30', calendar: 'k9', start: '2027-01-04T09:15:00Z', end: '2027-01-04T09:45:00Z' }],
    holders: ['x7']
  },
  { kind: 'rows', table: 'schedule_actors', where: { target_type: 'PractitionerRole', target_id: 'x7' } },
  { kind: 'matches', plan: schedulesOf('x7') }
]

interface Plan {
  'Node Type': string
  'Relation Name'?: string
  'Actual Loops': number
  'Actual Rows': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  Plans?: Plan[]
}
/** Rows that were looked at, whether by an index or not: an index on the tenant alone yields all of them. */
const looked = (plan: Plan): number =>
  (plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0) + (plan['Rows Removed by Join Filter'] ?? 0)) *
    plan['Actual Loops'] +
  (plan.Plans ?? []).reduce((sum, each) => sum + looked(each), 0)
const scans = (plan: Plan): string[] => [
  ...(plan['Node Type'] === 'Seq Scan' && plan['Actual Loops'] > 0 ? [plan['Relation Name']!] : []),
  ...(plan.Plans ?? []).flatMap(scans)
]

/** The same of many resources is one branch of the statement. */
const ofMany = (request: FactRequest): FactRequest[] =>
  [7, 8, 9].map(n => JSON.parse(JSON.stringify(request).replaceAll('x7', `x${n}`)) as FactRequest)

const ASKED = [...REQUESTS.map(request => [request]), ...REQUESTS.map(ofMany)]

test.each(ASKED)('%j', (...requests) => expectFew(requests))

async function expectFew(requests: readonly FactRequest[]): Promise<void> {
  const bound = { tenant: 'a', subject: 's' }
  const sent: Statement[] = []
  const heard = {
    ...t.database,
    query: <R>(_: unknown, statement: Statement) => (sent.push(statement), t.database.query<R>(bound, statement))
  }
  await facts(heard, bound, registry, requests)
  const [{ text, values }] = sent as [Statement]
  const [row] = await t.database.query<{ 'QUERY PLAN': { Plan: Plan }[] }>(bound, {
    text: `explain (analyze, format json) ${text}`,
    values
  })
  const { Plan: plan } = row!['QUERY PLAN'][0]!
  expect(scans(plan).filter(table => LARGE.includes(table))).toEqual([])
  expect(looked(plan)).toBeLessThan(1000)
}

test('who books locks those of the Slot, and reads nobody else', async () => {
  const env = { now: new Date(), tenant: {} } as Claim['env']
  const claim = { type: 'Slot', windows: ['s.k7.0.2.30'], holder: { type: 'Appointment', id: 'new' }, env }
  for (const { text, values } of lockStatements([claim])) {
    const [row] = await t.database.transaction({ tenant: 'a', subject: 's' }, trx =>
      trx.query<{ 'QUERY PLAN': { Plan: Plan }[] }>({ text: `explain (analyze, format json) ${text}`, values })
    )
    expect([text, looked(row!['QUERY PLAN'][0]!.Plan) < 1000]).toEqual([text, true])
  }
})

test('what is asked of many resources is planned once, whatever their number', () => {
  const asked = (count: number): FactRequest[] =>
    Array.from({ length: count }, (_, n) =>
      REQUESTS.flatMap(request => JSON.parse(JSON.stringify(request).replaceAll('x7', `x${n}`)) as FactRequest)
    ).flat()
  expect(factsText(registry, asked(500)).text).toBe(factsText(registry, asked(2)).text)
})

test.each([
  `insert into memberships (tenant_id, id, user_id) values ('a', 'new', 'new')`,
  `update memberships set status = 'suspended' where id = 'm7'`,
  `insert into membership_profiles (tenant_id, membership_id, full_name) values ('a', 'm7', 'Ann Roe')`,
  `update practitioner_roles set membership_id = null where id = 'x7'`
])('what triggers read: %s', async text => {
  await t.sql('reset session_replication_role')
  await t.sql('begin')
  await t.sql(text)
  const read = await t.sql<{ relname: string }>(
    `select relname from pg_stat_xact_user_tables where seq_tup_read > 1000 and relname = any($1)`,
    [LARGE]
  )
  await t.sql('rollback')
  expect(read).toEqual([])
})

describe('while statistics know of no member', () => {
  beforeAll(async () => {
    const members = async (value: string): Promise<void> => {
      for (const table of ['practitioners', 'practitioner_roles'])
        await t.sql(`update ${table} set membership_id = ${value}`)
    }
    await t.sql('set session_replication_role = replica')
    await members('null')
    await t.sql('vacuum analyze practitioners, practitioner_roles')
    await members(`'m' || substr(id, 2)`)
    await t.sql('reset session_replication_role')
  })

  test.each(ASKED)('%j', (...requests) => expectFew(requests))
})
