/** Date values against [from, to] columns, by the prefix's rule. https://hl7.org/fhir/R4/search.html#prefix */
import type { PlaceOf } from '../../../search/definition.js'
import type { DateValue } from '../../../search/plan.js'
import { column, or, type SqlText } from './sql-text.js'

/** The columns hold first and last moment, both inclusive, null = open; the value covers [low, high). */
export function dateTest(sql: SqlText, alias: string, place: PlaceOf<'date'>, values: readonly DateValue[]): string {
  return or(values.map(value => `(${single(sql, alias, place, value)})`))
}

type Operator = '<' | '>='
type Bound = 'low' | 'high'

function single(sql: SqlText, alias: string, place: PlaceOf<'date'>, value: DateValue): string {
  const [from, to] = [column(alias, place.from), column(alias, place.to)]
  const point = place.from === place.to
  const start = (operator: Operator, bound: Bound) =>
    against(sql, place, value[bound], value.local[bound])(from, operator)
  const end = (operator: Operator, bound: Bound) =>
    against(sql, place, value[bound], value.local[bound])(to, operator, true)
  const ends = (test: string) => (point ? test : `(${test} or ${to} is null and ${from} is not null)`)
  const starts = (test: string) => (point ? test : `(${test} or ${from} is null and ${to} is not null)`)
  const within = () => `${start('>=', 'low')} and ${end('<', 'high')}`
  switch (value.prefix) {
    case 'eq':
      return within()
    case 'ne':
      return `(${within()}) is not true and ${point ? `${from} is not null` : `coalesce(${from}, ${to}) is not null`}`
    case 'gt':
      return ends(end('>=', 'high'))
    case 'lt':
      return starts(start('<', 'low'))
    case 'ge':
      return point && !place.date ? start('>=', 'low') : `${ends(end('>=', 'high'))} or ${within()}`
    case 'le':
      return point && !place.date ? start('<', 'high') : `${starts(start('<', 'low'))} or ${within()}`
    case 'sa':
      return start('>=', 'high')
    case 'eb':
      return end('<', 'low')
    case 'ap':
      return `${starts(start('<', 'high'))} and ${ends(end('>=', 'low'))}`
  }
}

/** Tests of a column, which holds the `last` or the first moment, against an instant and what the clock shows there. */
const against =
  (sql: SqlText, { date, days }: PlaceOf<'date'>, here: string, local: string) =>
  (cell: string, operator: Operator, last = false): string => {
    // A date column covers its whole day, so the bounds are moved to the days that lie wholly on the right side of them.
    if (date) return `${cell} ${operator} ${sql.value(day(local, !last))}::date`
    const instant = (at: string) => `${cell} ${operator} ${sql.value(at)}::timestamptz`
    const clock = `${local}Z`
    if (!days || here === clock) return instant(here)
    // An index tells the wider of both; of what it finds, days are held against the clock and the others against the instant.
    const wider = isBefore(here, clock) === (operator === '>=') ? here : clock
    const moment = last ? `(${cell} + interval '1 millisecond')` : cell
    const isDay = `date_trunc('day', ${moment}, 'UTC') = ${moment}`
    return `${instant(wider)} and case when ${isDay} then ${instant(clock)} else ${instant(here)} end`
  }

/** Of ISO instants with milliseconds; years above 9999 have five digits. */
const isBefore = (one: string, other: string): boolean =>
  one.length === other.length ? one < other : one.length < other.length

/** The day of a wall-clock time; `up`: the next one unless it is midnight. */
function day(local: string, up: boolean): string {
  const [date, time] = local.split('T') as [string, string]
  if (!up || /^00:00:00\.0+$/.test(time)) return date
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
