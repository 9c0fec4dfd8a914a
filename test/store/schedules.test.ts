/** The rows from which free Slots follow: what one statement brings, and what it leaves where it is. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { ScheduleRequest, ScheduleRows } from '../../src/search/schedule-rows.js'
import { registry } from '../../src/resources/index.js'
import { schedules } from '../../src/store/postgres/schedules.js'
import type { Statement } from '../../src/store/postgres/statement.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { explained, rowsOf } from './explained.js'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
  for (const tenant of ['a', 'b']) for (const statement of rows(tenant)) await db.sql(statement)
})
afterAll(() => db.drop())

/** Two Schedules of one practitioner, one of which is of a room beside it, and Slots around the fifth of January. */
const rows = (tenant: string): string[] => [
  `insert into practitioners (tenant_id, id, status) values ('${tenant}', 'ann', 'active')`,
  `insert into clinics (tenant_id, id, status, time_zone) values ('${tenant}', 'clinic', 'active', 'Europe/Madrid')`,
  `insert into practitioner_roles (tenant_id, id, practitioner_type, practitioner_id, rest)
   values ('${tenant}', 'role', 'Practitioner', 'ann', '{"period":{"end":"2026"}}')`,
  `insert into practitioner_role_locations (tenant_id, practitioner_role_id, position, target_type, target_id, period_start, rest)
   values ('${tenant}', 'role', 0, 'Location', 'clinic', '2026-01-01T00:00Z', '{"extension":[{"url":"https://locum.example/fhir/StructureDefinition/clinic-assignment","extension":[{"url":"primary","valueBoolean":true},{"url":"period","valuePeriod":{"start":"2026-01-01"}}]}]}')`,
  `insert into schedules (tenant_id, id, short_key) values ('${tenant}', 'one', '${tenant}1'), ('${tenant}', 'two', '${tenant}2'), ('${tenant}', 'room', '${tenant}3')`,
  `insert into schedule_actors (tenant_id, schedule_id, position, target_type, target_id) values
   ('${tenant}', 'one', 0, 'Location', 'clinic'), ('${tenant}', 'one', 1, 'PractitionerRole', 'role'), ('${tenant}', 'one', 2, 'PractitionerRole', 'gone'),
   ('${tenant}', 'two', 0, 'Practitioner', 'ann'), ('${tenant}', 'room', 0, 'Location', 'clinic')`,
  `insert into schedule_hours (tenant_id, schedule_id, position, days_of_week, start_time, end_time, minutes)
   values ('${tenant}', 'two', 0, '{mon}', '08:00', '12:00', 120)`,
  `insert into clinic_closures (tenant_id, clinic_id, position, during_start, during_end, rest) values
   ('${tenant}', 'clinic', 0, '2026-01-05T00:00Z', '2026-01-05T23:59:59.999Z', '{"extension":[{"url":"period","valuePeriod":{"start":"2026-01-05","end":"2026-01-05"}}]}'),
   ('${tenant}', 'clinic', 1, '2026-02-05T00:00Z', null, '{}'), ('${tenant}', 'clinic', 2, null, '2026-01-01T00:00Z', '{}')`,
  `insert into slots (tenant_id, id, status, start_at, end_at, schedule_type, schedule_id)
   select '${tenant}', id, status, '2026-01-05T00:00Z'::timestamptz + start::interval, '2026-01-05T00:00Z'::timestamptz + stop::interval, 'Schedule', schedule
   from (values ('before', 'busy', '7h', '8h', 'one'), ('into', 'busy', '7h', '8h 1min', 'one'), ('behind', 'busy', '12h', '13h', 'one'),
     ('far', 'busy', '14h', '15h', 'one'), ('extra', 'free', '9h', '10h', 'two'), ('error', 'entered-in-error', '9h', '10h', 'one'),
     ('room', 'busy', '9h', '10h', 'room'), ('long', 'busy', '-90h', '9h', 'one'), ('past', 'busy', '-90h', '-9h', 'one')) as v(id, status, start, stop, schedule)`,
  `insert into services (tenant_id, id, short_key, name, duration_min, buffer_before_min, buffer_after_min)
   values ('${tenant}', 'service', '${tenant}s', 'Visit', 30, 15, 240)`,
  `insert into service_types (tenant_id, service_id, position, concept, system, code) values ('${tenant}', 'service', 0, 0, 's', 'visit')`,
  `insert into service_providers (tenant_id, service_id, position, provider_type, provider_id) values ('${tenant}', 'service', 0, 'PractitionerRole', 'role')`
]

const window = { start: Date.parse('2026-01-05T08:00:00Z'), end: Date.parse('2026-01-05T10:00:00Z') }

const ask = (request: Partial<ScheduleRequest> = {}, tenant = 'a'): Promise<ScheduleRows> =>
  schedules({ run: statement => db.database.query({ tenant, subject: 's' }, statement) }, registry, {
    where: [],
    window,
    minutes: 30,
    bufferAfter: 0,
    limit: 10,
    ...request
  })

test('a Schedule with the first of its actors, and with what hangs on them', async () => {
  const { schedules: found, services, hours, closures } = await ask({ keys: ['a1'] })
  const open = { start: null, end: null, lexical: null }
  expect(found).toEqual([
    {
      id: 'one',
      key: 'a1',
      active: null,
      minutes: null,
      capacity: null,
      horizon: open,
      role_id: 'role',
      role: { active: null, period: { ...open, lexical: { end: '2026' } }, elsewhere: false },
      clinic_id: 'clinic',
      clinic: { status: 'active', zone: 'Europe/Madrid' },
      assignments: [{ start: '2026-01-01T00:00:00+00:00', end: null, lexical: { start: '2026-01-01' } }],
      practitioner_id: 'ann',
      practitioner: { active: true, status: 'active' },
      membership: null,
      services: []
    }
  ])
  expect([services, hours]).toEqual([[], []])
  expect(closures).toEqual([
    {
      of: 'clinic',
      id: 'clinic',
      period: {
        start: '2026-01-05T00:00:00+00:00',
        end: '2026-01-05T23:59:59.999+00:00',
        lexical: { start: '2026-01-05', end: '2026-01-05' }
      }
    }
  ])
})

const taken = ({ slots }: ScheduleRows): string[] =>
  slots
    .flatMap(({ schedule_id, practitioner_id, free, spans }) =>
      spans.map(span => {
        const [from, to] = span.map(at => new Date(at).toISOString().slice(5, 16))
        return `${schedule_id} ${practitioner_id} ${free ? 'free' : 'busy'} ${from} ${to}`.replaceAll('01-05T', '')
      })
    )
    .sort()

const LONG = 'one ann busy 01-01T06:00 09:00'

test('Slots that can touch an opening of the window, of all Schedules of the practitioner', async () => {
  expect(taken(await ask({ keys: ['a1'] }))).toEqual([LONG, 'one ann busy 07:00 08:01', 'two ann free 09:00 10:00'])
  // Openings of two hours reach further.
  expect(taken(await ask({ keys: ['a2'] }))).toEqual(taken(await ask({ keys: ['a1'], minutes: 120 })))
  expect(taken(await ask({ keys: ['a1'], bufferAfter: 240 }))).toHaveLength(5)
  expect(taken(await ask({ keys: ['a3'] }))).toEqual(['room null busy 09:00 10:00'])
})

test('services with those Schedules that offer them', async () => {
  const { schedules: found, services, ...rest } = await ask({ services: { where: [], keys: ['as'] } })
  expect(found.map(({ id, services: offered }) => [id, offered])).toEqual([['one', ['service']]])
  expect(services).toMatchObject([
    {
      id: 'service',
      key: 'as',
      duration: 30,
      before: 15,
      after: 240,
      types: [{ concept: 0, system: 's', code: 'visit' }]
    }
  ])
  expect(taken({ schedules: found, services, ...rest })).toEqual([
    LONG,
    'one ann busy 07:00 08:00',
    'one ann busy 07:00 08:01',
    'one ann busy 12:00 13:00',
    'one ann busy 14:00 15:00',
    'two ann free 09:00 10:00'
  ])
  expect((await ask({ services: { where: [], keys: ['bs'] } })).schedules).toEqual([])
})

test('no more than the limit, and nothing of another tenant', async () => {
  expect((await ask({ limit: 2 })).schedules).toHaveLength(2)
  expect((await ask()).schedules.map(({ key }) => key).sort()).toEqual(['a1', 'a2', 'a3'])
  expect((await ask({}, 'b')).schedules.map(({ key }) => key).sort()).toEqual(['b1', 'b2', 'b3'])
  const nothing = { schedules: [], services: [], hours: [], closures: [], slots: [], windows: [] }
  expect(await ask({}, 'c')).toEqual({ ...nothing, window: [window.start, window.end] })
})

test('of a few Schedules more is read at once than of many, from either end', async () => {
  const minute = 60_000
  const read = async (backward: boolean, request: Partial<ScheduleRequest> = {}): Promise<number[]> => {
    const part = { least: 30 * minute, whole: 90 * minute, backward }
    return (await ask({ part, ...request })).window.map(at => (at - window.start) / minute)
  }
  expect(await read(false)).toEqual([0, 30])
  expect(await read(true)).toEqual([90, 120])
  expect(await read(false, { keys: ['a1'] })).toEqual([0, 90])
  expect(await read(true, { keys: ['a1', 'a2'] })).toEqual([75, 120])
  // What is behind the part is left where it is.
  const late = { window: { start: window.start, end: window.start + 48 * 60 * minute }, keys: ['a3'] }
  expect((await ask({ ...late, part: { least: minute, whole: 30 * minute, backward: false } })).slots).toEqual([])
  expect((await ask(late)).slots).toHaveLength(1)
})

test('of what was booked at other times nothing is read', async () => {
  const numbers = `unnest(array['a', 'b']) tenant, generate_series(1, 300) n`
  await db.sql(
    `insert into schedules (tenant_id, id, short_key) select tenant, 'm' || n, tenant || 'm' || n from ${numbers}`
  )
  await db.sql(`insert into slots (tenant_id, id, status, start_at, end_at, schedule_type, schedule_id, occupies, subject, blocked, capacity)
    select tenant, 'w' || n || '-' || hour, 'busy', at, at + interval '30 min', 'Schedule', 'm' || n, true, 'Schedule/m' || n,
      tstzrange(at, at + interval '30 min'), 1
    from ${numbers}, generate_series(1, 20) hour, lateral (values ('2024-01-01T00:00Z'::timestamptz + hour * interval '1 hour')) v(at)`)
  await db.sql('analyze')
  let sent: Statement | undefined
  const run = <R>(statement: Statement): Promise<R[]> => {
    sent = statement
    return db.database.query<R>({ tenant: 'a', subject: 's' }, statement)
  }
  await schedules({ run }, registry, { where: [], window, minutes: 30, bufferAfter: 0, limit: 1000 })
  const read = await explained(db.database, sent!)
  expect(rowsOf(read.filter(({ table }) => table === 'slots'))).toBeLessThan(100)
})
