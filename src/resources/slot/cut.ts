/** A plan for Slots, cut: what it asks of Schedules and services, which SQL answers, and what of openings. */
import { parseSlotId, type Interval, type SlotKey } from '../../domain/availability/index.js'
import { isOneOf } from '../../search/params.js'
import type { Condition, SearchPlan, TokenValue, Value } from '../../search/plan.js'
import type { ScheduleRequest } from '../../search/schedule-rows.js'
import { anyDate, hullOf } from './dates.js'
import type { FreeSlot } from './resource.js'

export type Stage = Pick<ScheduleRequest, 'where' | 'keys' | 'services'>

export interface Cut {
  /** What to ask of the store; the openings of all of them are the answer. */
  stages: Stage[]
  /** Instants in which an opening must start. */
  window: Interval
  /** Whether the plan itself says from when on, or names the Slots. */
  bounded: boolean
  /** What is left to be asked of each opening. */
  admits: (slot: FreeSlot) => boolean
}

type Of<K extends Condition['kind']> = Extract<Condition, { kind: K }>
type Test = Cut['admits']

interface Draft {
  where: Condition[]
  services?: Condition[]
  ids?: string[]
  tests: Test[]
  window: Interval
}

/** Undefined when only stored Slots can meet the plan: by identifier, by what refers to them, by a status but free. */
export function cutPlan(plan: SearchPlan): Cut | undefined {
  const draft: Draft = { where: [], tests: [], window: { start: -Infinity, end: Infinity } }
  if (!plan.where.every(condition => take(draft, condition))) return undefined
  const stages = stagesOf(draft)
  if (stages.length === 0) return undefined
  const { window, tests, ids } = draft
  return {
    stages,
    window,
    bounded: window.start > -Infinity || ids !== undefined,
    admits: slot => tests.every(test => test(slot))
  }
}

/** False when no computed Slot meets the condition. */
function take(draft: Draft, condition: Condition): boolean {
  switch (condition.kind) {
    case 'param':
      // What none of them has is not what they may not have.
      return Object.hasOwn(PARAMS, condition.param.name)
        ? PARAMS[condition.param.name]!(draft, condition)
        : condition.modifier === 'not'
    case 'chain':
      if (condition.param.name === 'schedule') draft.where.push(...condition.where)
      else if (condition.param.name === SERVICE) draft.services = [...(draft.services ?? []), ...condition.where]
      else return false
      return true
    case 'missing':
      return takeMissing(draft, condition)
    case 'either':
      return takeEither(draft, condition)
    default:
      return false
  }
}

const SERVICE = 'service-type-reference'
const ALWAYS: ReadonlySet<string> = new Set(['_id', 'schedule', 'status', 'start', 'free-start'])

/** Some elements are there always, some never, an appointment type sometimes; openings are of a service when one is asked for. */
function takeMissing(draft: Draft, { param, missing }: Of<'missing'>): boolean {
  if (param.name !== 'appointment-type') return ALWAYS.has(param.name) !== missing
  draft.tests.push(({ opening }) => missing === !opening.appointmentTypes)
  return true
}

/**
 * What Schedules alone must meet is asked of them, what openings alone must meet of each; no computed Slot meets
 * alternatives that mix both, so that none is shown that should not be.
 */
function takeEither(draft: Draft, { of }: Of<'either'>): boolean {
  const branches = of.flatMap(where => {
    const branch: Draft = { where: [], tests: [], window: { start: -Infinity, end: Infinity } }
    return where.every(condition => take(branch, condition)) ? branch : []
  })
  if (branches.length === 0 || branches.some(({ services }) => services)) return false
  const tested = branches.map(({ where, ids, tests }) => ({ where, tests: ids ? [...tests, isAmong(ids)] : tests }))
  if (tested.every(({ where }) => where.length === 0))
    draft.tests.push(slot => tested.some(({ tests }) => tests.every(test => test(slot))))
  else if (tested.every(({ where, tests }) => where.length > 0 && tests.length === 0))
    draft.where.push({ kind: 'either', type: 'Schedule', of: tested.map(({ where }) => where) })
  else return false
  return true
}

const isAmong =
  (ids: readonly string[]): Test =>
  ({ id }) =>
    ids.includes(id)

const PARAMS: Readonly<Record<string, (draft: Draft, condition: Of<'param'>) => boolean>> = {
  schedule: (draft, { values }) => draft.where.push(hasId('Schedule', values)) > 0,
  [SERVICE]: (draft, { values }) => asksServices(draft, hasId('HealthcareService', values)),
  'service-category': asksServices,
  'service-type': asksServices,
  specialty: asksServices,
  start: takeDates,
  'free-start': takeDates,
  status: (_draft, { values, modifier }) =>
    tokens(values).some(value => means(value, STATUS, 'free')) !== (modifier === 'not'),
  // Openings know codes, not what these are called.
  'appointment-type': (draft, { values, modifier }) =>
    modifier !== 'text' &&
    draft.tests.push(({ opening: { appointmentTypes = [] } }) => {
      const offered = appointmentTypes.some(type => tokens(values).some(value => meansToken(value, type)))
      return offered !== (modifier === 'not')
    }) > 0,
  _id(draft, { values, modifier }) {
    const ids = tokens(values).flatMap(({ system, code }) => (code !== undefined && system == null ? code : []))
    if (modifier === 'not') draft.tests.push(({ id }) => !ids.includes(id))
    else draft.ids = draft.ids ? draft.ids.filter(id => ids.includes(id)) : ids
    return true
  }
}

/** Parameters of Slot that HealthcareService has under the same name: they select services, whose Slots are shown (S7). */
function asksServices(draft: Draft, condition: Of<'param'>): boolean {
  draft.services = [...(draft.services ?? []), { ...condition, type: 'HealthcareService' }]
  return true
}

function takeDates(draft: Draft, { values }: Of<'param'>): boolean {
  const dates = values.filter(value => value.form === 'date')
  const hull = hullOf(dates)
  draft.window = { start: Math.max(draft.window.start, hull.start), end: Math.min(draft.window.end, hull.end) }
  const meets = anyDate(dates)
  draft.tests.push(({ opening }) => meets(opening.start))
  return true
}

/** What the ids name: short keys, asked for apart with and without a service; else one stage. */
function stagesOf(draft: Draft): Stage[] {
  const { where, services, ids } = draft
  if (!ids) return [{ where, ...(services && { services: { where: services } }) }]
  const keys = ids.flatMap(id => parseSlotId(id) ?? [])
  draft.tests.push(isAmong(ids))
  const starts = keys.map(({ start }) => start)
  draft.window = {
    start: Math.max(draft.window.start, Math.min(...starts)),
    end: Math.min(draft.window.end, Math.max(...starts) + 1)
  }
  const plain = services ? [] : keys.filter(({ serviceKey }) => !serviceKey)
  const served = keys.filter(({ serviceKey }) => serviceKey)
  return [plain, served].flatMap(of => (of.length > 0 ? [stageOf(of, where, services)] : []))
}

/** The stage that yields the openings of keys, which all name a service or all name none. */
export function stageOf(keys: readonly SlotKey[], where: Condition[] = [], services: Condition[] = []): Stage {
  const serviceKeys = keys.flatMap(({ serviceKey }) => serviceKey ?? [])
  return {
    where,
    keys: keys.map(({ scheduleKey }) => scheduleKey),
    ...(serviceKeys.length > 0 && { services: { where: services, keys: serviceKeys } })
  }
}

const hasId = (type: string, values: readonly Value[]): Of<'param'> =>
  isOneOf(
    type,
    values.flatMap(value => (value.form === 'reference' ? value.id : []))
  )

const STATUS = 'http://hl7.org/fhir/slotstatus'
const tokens = (values: readonly Value[]): TokenValue[] => values.filter(value => value.form === 'token')

const means = ({ system, code }: TokenValue, ownSystem: string, ownCode: string): boolean =>
  (system === undefined || (system ?? '') === ownSystem) && (code === undefined || code === ownCode)

function meansToken(value: TokenValue, token: string): boolean {
  const bar = token.indexOf('|')
  return means(value, token.slice(0, bar), token.slice(bar + 1))
}
