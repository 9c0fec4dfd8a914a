/** Free Slots in which all of several Schedules are free at the same time. */
import type { Slot } from 'fhir/r4.js'
import { fhirError } from '../../fhir/errors.js'
import type { Context } from '../../interactions/context.js'
import { run } from '../../interactions/plan.js'
import { planOf } from '../../interactions/search-type.js'
import { joinQuery } from '../../search/query-string.js'
import type { Together } from '../appointment/proposed.js'
import type { Calendar } from './calendars.js'
import { told, type Criterion } from './criteria.js'

export interface Wanted {
  start: string
  end: string
  criteria: readonly Criterion[]
  count: number
}

const PAGE = 1000

/** In order of time. Throws FhirError 400 `too-costly` when several Schedules have too many openings to be compared. */
export async function openings(
  context: Context,
  wanted: Wanted,
  calendars: readonly Calendar[]
): Promise<{ found: Together[]; total: number }> {
  if (calendars.some(ids => ids?.length === 0)) return { found: [], total: 0 }
  if (calendars.length === 1) {
    const { slots, total } = await page(context, wanted, calendars[0], wanted.count)
    return { found: slots.map(slot => [slot]), total }
  }
  const lists = await Promise.all(calendars.map(calendar => whole(context, wanted, calendar)))
  const all = intersection(lists)
  return { found: all.slice(0, wanted.count), total: all.length }
}

async function page(context: Context, wanted: Wanted, calendar: Calendar, count: number) {
  const { start, end, criteria } = wanted
  const query = joinQuery([
    ['status', 'free'],
    ['start', `ge${start}`],
    // A day is a whole one, as the end of any Period.
    ['start', end.includes('T') ? `lt${end}` : `le${end}`],
    ...criteria.map(({ param, value }) => [param, value] as const),
    ...(calendar ? [['schedule', calendar.map(id => `Schedule/${id}`).join(',')] as const] : []),
    ['_total', 'accurate'],
    ['_count', String(count)]
  ])
  const {
    matches,
    total = matches.length,
    next
  } = await run(
    context,
    told(criteria, () => planOf(context, 'Slot', query, true))
  )
  return { slots: matches.map(({ text }) => JSON.parse(text) as Slot), total, next }
}

async function whole(context: Context, wanted: Wanted, calendar: Calendar): Promise<Slot[]> {
  const { slots, next } = await page(context, wanted, calendar, PAGE)
  if (next)
    throw fhirError('too-costly', 'There are too many openings to compare: ask for a shorter time', {
      expression: 'end'
    })
  return slots
}

/** Those with the same start and end in all lists, of different Schedules. */
function intersection([first = [], ...others]: readonly (readonly Slot[])[]): Together[] {
  const indexes = others.map(slots => {
    const index = new Map<string, Slot[]>()
    for (const slot of slots) index.set(timeOf(slot), [...(index.get(timeOf(slot)) ?? []), slot])
    return index
  })
  return first.flatMap(slot => {
    const together = [slot]
    for (const index of indexes) {
      const taken = together.map(({ schedule }) => schedule.reference)
      const fitting = index.get(timeOf(slot))?.find(({ schedule }) => !taken.includes(schedule.reference))
      if (!fitting) return []
      together.push(fitting)
    }
    return [together]
  })
}

const timeOf = ({ start, end }: Slot): string => `${Date.parse(start)} ${Date.parse(end)}`
