/** Date values against [from, to] columns, by the prefix's rule. https://hl7.org/fhir/R4/search.html#prefix */
import type { PlaceOf } from '../../../search/definition.js'
import type { DateValue } from '../../../search/plan.js'
import { column, or, type SqlText } from './sql-text.js'

/**
 * The columns hold first and last moment, both inclusive, null = open; the value covers [low, high). A date column
 * covers its whole day, so the value's bounds are moved to the days that lie wholly on the right side of them.
 */
export function dateTest(sql: SqlText, alias: string, place: PlaceOf<'date'>, values: readonly DateValue[]): string {
  const columns = { from: column(alias, place.from), to: column(alias, place.to), point: place.from === place.to }
  return or(values.map(value => `(${single(sql, columns, value, place.date === true)})`))
}

interface Columns {
  from: string
  to: string
  point: boolean
}

function single(sql: SqlText, { from, to, point }: Columns, value: DateValue, days: boolean): string {
  const low = (up: boolean) => bound(sql, days ? day(value.local.low, up) : value.low, days)
  const high = (up: boolean) => bound(sql, days ? day(value.local.high, up) : value.high, days)
  const ends = (test: string) => (point ? test : `(${test} or ${to} is null and ${from} is not null)`)
  const starts = (test: string) => (point ? test : `(${test} or ${from} is null and ${to} is not null)`)
  const within = () => `${from} >= ${low(true)} and ${to} < ${high(false)}`
  switch (value.prefix) {
    case 'eq':
      return within()
    case 'ne':
      return `(${within()}) is not true and ${point ? `${from} is not null` : `coalesce(${from}, ${to}) is not null`}`
    case 'gt':
      return ends(`${to} >= ${high(false)}`)
    case 'lt':
      return starts(`${from} < ${low(true)}`)
    case 'ge':
      return point && !days ? `${from} >= ${low(true)}` : `${ends(`${to} >= ${high(false)}`)} or ${within()}`
    case 'le':
      return point && !days ? `${from} < ${high(true)}` : `${starts(`${from} < ${low(true)}`)} or ${within()}`
    case 'sa':
      return `${from} >= ${high(true)}`
    case 'eb':
      return `${to} < ${low(false)}`
    case 'ap':
      return `${starts(`${from} < ${high(true)}`)} and ${ends(`${to} >= ${low(false)}`)}`
  }
}

const bound = (sql: SqlText, value: string, days: boolean): string =>
  `${sql.value(value)}::${days ? 'date' : 'timestamptz'}`

/** The day of a wall-clock time; `up`: the next one unless it is midnight. */
function day(local: string, up: boolean): string {
  const [date, time] = local.split('T') as [string, string]
  if (!up || /^00:00:00\.0+$/.test(time)) return date
  return new Date(Date.parse(`${date}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
