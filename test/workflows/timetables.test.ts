/** S1, S4, S9: where and when someone works, and that nobody works in two places at once. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { OperationOutcome, PractitionerRole } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer({ clock: () => new Date('2026-01-05T17:00:00Z') })
})
afterAll(() => server?.close())

const ours = (name: string, value: object) => ({ url: `${CANONICAL}/StructureDefinition/${name}`, ...value })
const hours = (day: 'mon' | 'tue' | 'wed', start: string, end: string) => ({
  daysOfWeek: [day],
  availableStartTime: `${start}:00`,
  availableEndTime: `${end}:00`
})
const scheduleHours = (day: string, start: string, end: string) =>
  ours('schedule-hours', {
    extension: [
      { url: 'daysOfWeek', valueCode: day },
      { url: 'start', valueTime: `${start}:00` },
      { url: 'end', valueTime: `${end}:00` }
    ]
  })
const at = (location: string, period?: object) => ({
  reference: `Location/${location}`,
  ...(period && { extension: [ours('clinic-assignment', { extension: [{ url: 'period', valuePeriod: period }] })] })
})

type Made = { resourceType: string; id: string }
const put = (resource: Made) => server.put(`${resource.resourceType}/${resource.id}`, resource)
let people = 0
/** A person with a role, of which the Schedule is made by hand. */
async function roleOf(more: Partial<PractitionerRole>, who = `who-${++people}`): Promise<PractitionerRole & Made> {
  await put({ resourceType: 'Practitioner', id: who })
  const role = { resourceType: 'PractitionerRole', id: `${who}-role-${++people}`, active: true } as const
  const whole = { ...role, practitioner: { reference: `Practitioner/${who}` }, location: [at('main')], ...more }
  await put(whole).expect(201)
  return whole
}
let made = 0
const schedule = (role: Made, location: string, more: object = {}) => ({
  resourceType: 'Schedule',
  id: `timetable-${++made}`,
  active: true,
  actor: [{ reference: `PractitionerRole/${role.id}` }, { reference: `Location/${location}` }],
  ...more
})
const starts = async (id: string, query = ''): Promise<string[]> => {
  const { body } = await server.get(`Slot?schedule=Schedule/${id}&_count=500${query}`).expect(200)
  return ((body.entry ?? []) as { resource: { start: string } }[]).map(({ resource }) => resource.start)
}

describe('a Schedule', () => {
  test('is at a Location of its role, at a time when the role is there', async () => {
    const role = await roleOf({ location: [at('main', { end: '2026-03-31' })] })
    expect(refusal(await put(schedule(role, 'harbor')))).toMatchObject({
      status: 422,
      text: expect.stringContaining('not assigned to Location/harbor'),
      expression: 'Schedule.actor[1].reference'
    })
    const later = schedule(role, 'main', { planningHorizon: { start: '2026-04-01' } })
    expect(refusal(await put(later))).toMatchObject({ status: 422, text: expect.stringContaining('planning horizon') })
    await put({ ...later, planningHorizon: { start: '2026-03-31' } } as Made).expect(201)
  })

  test('of a role with several Locations says when it is at this one', async () => {
    const both = { location: [at('main'), at('harbor')], availableTime: [hours('mon', '09:00', '12:00')] }
    const role = await roleOf(both)
    expect(refusal(await put(schedule(role, 'main')))).toMatchObject({ status: 422, expression: 'Schedule.extension' })
    const own = schedule(role, 'main', { extension: [scheduleHours('mon', '09:00', '10:00')] })
    await put(own).expect(201)
    expect(await starts(own.id, '&start=le2026-01-12')).toHaveLength(2)
  })

  test('whose role moves on to another Location later needs not', async () => {
    const role = await roleOf({
      location: [at('main', { end: '2026-01-31' }), at('harbor', { start: '2026-02-01' })],
      availableTime: [hours('mon', '09:00', '09:30')]
    })
    const before = schedule(role, 'main')
    const after = schedule(role, 'harbor')
    for (const each of [before, after]) await put(each).expect(201)
    expect((await starts(before.id)).at(-1)).toBe('2026-01-26T09:00:00-05:00')
    expect((await starts(after.id))[0]).toBe('2026-02-02T09:00:00-05:00')
  })

  test('of a role that comes back to a Location is closed in between', async () => {
    const role = await roleOf({
      location: [at('main', { end: '2026-01-13' }), at('main', { start: '2026-01-27' })],
      availableTime: [hours('mon', '09:00', '09:30')]
    })
    const own = schedule(role, 'main')
    await put(own).expect(201)
    expect((await starts(own.id)).slice(0, 2)).toEqual(['2026-01-12T09:00:00-05:00', '2026-02-02T09:00:00-05:00'])
  })

  test('may be of somebody who is in the national directory only', async () => {
    const role = {
      practitioner: { reference: 'Practitioner/npi-1234567893' },
      availableTime: [hours('mon', '09:00', '10:00')]
    }
    const { id } = await roleOf(role)
    const { body } = await server.get(`Schedule?actor=PractitionerRole/${id}`).expect(200)
    expect(await starts(body.entry[0].resource.id as string, '&start=le2026-01-12')).toHaveLength(2)
    await server.sql(`update npi_directory set active = false where npi = '1234567893'`)
    expect(await starts(body.entry[0].resource.id as string)).toEqual([])
  })
})

describe('overlapping', () => {
  test('active Schedules of one practitioner are refused, naming the other; also in other zones and over midnight', async () => {
    await put({
      resourceType: 'Location',
      id: 'west',
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'America/Los_Angeles' }]
    } as Made).expect(201)
    const role = await roleOf({ availableTime: [hours('mon', '20:00', '02:00')], location: [at('main')] }, 'busy')
    const { body } = await server.get(`Schedule?actor=PractitionerRole/${role.id}`)
    const own = body.entry[0].resource.id as string
    const elsewhere = await roleOf({ location: [at('west')] }, 'busy')
    const wanted = { status: 409, code: 'conflict', text: expect.stringContaining(`Schedule/${own}`) }
    const night = schedule(elsewhere, 'west', { extension: [scheduleHours('mon', '22:30', '23:30')] })
    expect(refusal(await put(night))).toMatchObject(wanted)
    await put({ ...night, extension: [scheduleHours('mon', '23:00', '23:30')] } as Made).expect(201)
    await put({ ...night, active: false } as Made).expect(200)
    const changed = { ...elsewhere, availableTime: [hours('tue', '00:30', '00:45')] }
    expect((await put(changed)).status).toBe(200)
  })

  test('hours of a role are refused when one of its Schedules would overlap, and not for other changes', async () => {
    const one = await roleOf({ availableTime: [hours('tue', '09:00', '12:00')] }, 'tuesdays')
    const two = await roleOf({ availableTime: [hours('wed', '09:00', '12:00')] }, 'tuesdays')
    const clash = put({ ...two, availableTime: [hours('tue', '11:30', '13:00')] } as Made)
    expect(refusal(await clash)).toMatchObject({ status: 409, expression: 'PractitionerRole.availableTime' })
    await put({ ...two, availableTime: [hours('tue', '12:00', '13:00')] } as Made).expect(200)
    await server.sql(
      `update practitioner_role_available_times set start_time = '11:00' where practitioner_role_id = $1`,
      [two.id]
    )
    const { body } = await server.get(`PractitionerRole/${two.id}`)
    await put({ ...body, specialty: [{ text: 'x' }] } as Made).expect(200)
    expect((await put(one)).status).toBe(200)
  })

  test('hours of one Schedule are joined', async () => {
    const rows = [scheduleHours('fri', '09:00', '10:00'), scheduleHours('fri', '09:30', '11:00')]
    const own = schedule(await roleOf({}), 'main', { extension: rows })
    await put(own).expect(201)
    expect((await starts(own.id, '&start=le2026-01-09')).map(start => start.slice(11, 16))).toEqual([
      '09:00',
      '09:30',
      '10:00',
      '10:30'
    ])
  })
})

describe('hours in which nothing fits are told of', () => {
  const told = async (extension: object[], location?: object): Promise<(string | undefined)[]> => {
    await put({ resourceType: 'Location', id: 'small', status: 'active', ...location } as Made)
    const made = schedule(await roleOf({ location: [at('small')] }), 'small', { extension })
    const answer = await server.put(`Schedule/${made.id}`, made, { Prefer: 'return=OperationOutcome' }).expect(201)
    const issues = (answer.body as OperationOutcome).issue.filter(({ severity }) => severity === 'warning')
    return issues.flatMap(({ expression, details }) => (details?.text?.startsWith('No opening') ? expression : []))
  }
  const minutes = (row: { extension?: object[] }, valuePositiveInt: number) => ({
    ...row,
    extension: [...row.extension!, { url: 'minutes', valuePositiveInt }]
  })
  const [early, late] = [scheduleHours('mon', '09:00', '10:00'), scheduleHours('mon', '10:00', '11:00')] as {
    extension?: object[]
  }[]

  test.each<[string, object[], object | undefined, string[]]>([
    ['longer than the shift', [minutes(early!, 90)], undefined, ['Schedule.extension[0]']],
    ['two shifts that join', [minutes(early!, 90), minutes(late!, 90)], undefined, []],
    ['two that do not', [minutes(early!, 90), late!], undefined, ['Schedule.extension[0]']],
    [
      'the Location closed',
      [early!, scheduleHours('mon', '10:30', '11:00')],
      { hoursOfOperation: [{ openingTime: '10:00:00', closingTime: '18:00:00' }] },
      ['Schedule.extension[0]']
    ],
    ['the tenant’s usual length', [scheduleHours('tue', '09:00', '09:20')], undefined, ['Schedule.extension[0]']],
    [
      'a length of its own',
      [ours('slot-minutes', { valuePositiveInt: 20 }), scheduleHours('tue', '09:00', '09:20')],
      undefined,
      []
    ],
    ['a night', [scheduleHours('sun', '23:45', '00:15')], undefined, []]
  ])('%s', async (_, extension, location, expected) => {
    expect(await told(extension, location)).toEqual(expected)
  })
})

test.each(['Mars/Olympus', 'EST5', ''])('a Location has no time zone %j', async zone => {
  const extension = [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', ...(zone && { valueCode: zone }) }]
  const answer = refusal(await put({ resourceType: 'Location', id: 'zone', extension } as Made))
  expect(answer.status).toBe(zone ? 422 : answer.status)
  expect(answer.expression).toContain('Location.extension[0]')
})
