/**
 * The closed set of column kinds: how a FHIR value lies in typed columns. `format(parse(x))` need not equal `x`; where
 * it does not, the engine keeps `x` in `rest` and uses it while it still parses to the columns' values.
 */
import { formatReference, parseReference } from '../fhir/reference.js'

export type SqlType = 'text' | 'boolean' | 'integer' | 'numeric' | 'date' | 'time' | 'timestamptz' | 'text[]'

/** Cells by column suffix; null = nothing there. */
export type Cells = Record<string, unknown>

export interface Kind {
  /** Column suffix -> SQL type; `''` is the base column itself. */
  columns: Readonly<Record<string, SqlType>>
  /** Undefined when the columns cannot hold the value at all. */
  parse(value: unknown): Cells | undefined
  /** Undefined when all cells are null. Cells come as JSON made by Postgres or as `parse` made them. */
  format(cells: Cells): unknown
}

/** A kind of one column, by a pair of functions on its cell. */
function single(
  type: SqlType,
  parse: (value: unknown) => unknown,
  format: (cell: unknown) => unknown = cell => cell
): Kind {
  return {
    columns: { '': type },
    parse: value => {
      const cell = parse(value)
      return cell === undefined ? undefined : { '': cell }
    },
    format: cells => (cells[''] === null || cells[''] === undefined ? undefined : format(cells['']))
  }
}

const when =
  <T>(test: (value: unknown) => value is T) =>
  (value: unknown): T | undefined =>
    test(value) ? value : undefined
const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
/** Null stands where an element has extensions but no value. */
const isTexts = (value: unknown): value is (string | null)[] =>
  Array.isArray(value) && value.every(each => isText(each) || each === null)

export const text = single('text', when(isText))
export const code = text
export const boolean = single(
  'boolean',
  when((value): value is boolean => typeof value === 'boolean')
)
export const integer = single(
  'integer',
  when((value): value is number => Number.isInteger(value))
)
export const decimal = single('numeric', when(isNumber), Number)
export const texts = single('text[]', when(isTexts))

/** FHIR time, seconds always there. */
export const time = single('time', value =>
  isText(value) && /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/.test(value) ? value : undefined
)

/** FHIR date; a partial one lies in the column as its first day. */
export const date = single('date', value => {
  if (!isText(value)) return undefined
  const match = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(value)
  return match ? `${match[1]}-${match[2] ?? '01'}-${match[3] ?? '01'}` : undefined
})

const DAY = 86_400_000

/** The half-open range of instants that a dateTime covers, dates taken as UTC days; undefined when it is none. */
function covered(value: unknown): [number, number] | undefined {
  if (!isText(value)) return undefined
  if (value.includes('T')) {
    const at = Date.parse(value)
    return Number.isNaN(at) ? undefined : [at, at + 1]
  }
  const match = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?$/.exec(value)
  if (!match) return undefined
  const [year, month, day] = [Number(match[1]), match[2] ? Number(match[2]) - 1 : 0, match[3] ? Number(match[3]) : 1]
  const low = Date.UTC(year, month, day)
  const high = match[3] ? low + DAY : match[2] ? Date.UTC(year, month + 1, 1) : Date.UTC(year + 1, 0, 1)
  return [low, high]
}

const iso = (instant: unknown): string => new Date(instant as string | number).toISOString().replace('.000Z', 'Z')

/** dateTime or instant as the first instant that it covers. */
export const dateTime = single(
  'timestamptz',
  value => {
    const range = covered(value)
    return range && iso(range[0])
  },
  iso
)

/** Period.end as the last millisecond that it covers: https://hl7.org/fhir/R4/datatypes.html#Period (end is inclusive). */
export const dateTimeEnd = single(
  'timestamptz',
  value => {
    const range = covered(value)
    return range && iso(range[1] - 1)
  },
  iso
)

/**
 * The `reference` string of a Reference, when literal and relative: type and id. Others (contained, absolute) stay in
 * `rest`, as do display, identifier and extensions beside it.
 */
export const reference: Kind = {
  columns: { _type: 'text', _id: 'text' },
  parse: value => {
    const literal = isText(value) ? parseReference(value) : undefined
    return literal && { _type: literal.type, _id: literal.id }
  },
  format: ({ _type, _id }) => (isText(_type) && isText(_id) ? formatReference(_type, _id) : undefined)
}

/** A CodeableConcept by its first coding and its text. */
export const concept: Kind = {
  columns: { _system: 'text', _code: 'text', _display: 'text', _text: 'text' },
  parse: value => {
    const { coding, text } = (value ?? {}) as { coding?: Record<string, unknown>[]; text?: string }
    const first = Array.isArray(coding) ? coding[0] : undefined
    const cells = {
      _system: first?.system ?? null,
      _code: first?.code ?? null,
      _display: first?.display ?? null,
      _text: text ?? null
    }
    return Object.values(cells).some(cell => cell !== null) ? cells : undefined
  },
  format: cells => {
    const coding = compact({ system: cells._system, code: cells._code, display: cells._display })
    return nonEmpty(compact({ coding: coding && [coding], text: cells._text }))
  }
}

type TextCells = Record<string, string | null>

/** Repeating CodeableConcepts as tokens `system|code` of their first codings: `|code` without a system. */
export const tokens: Kind = single(
  'text[]',
  value => {
    const cells = Array.isArray(value) ? value.map(each => concept.parse(each) as TextCells | undefined) : []
    if (cells.length === 0 || cells.includes(undefined)) return undefined
    return cells.map(cell => `${cell?._system ?? ''}|${cell?._code ?? cell?._text ?? cell?._display ?? ''}`)
  },
  cell =>
    (cell as string[]).map(token => {
      const bar = token.lastIndexOf('|')
      return { coding: [{ ...(bar > 0 && { system: token.slice(0, bar) }), code: token.slice(bar + 1) }] }
    })
)

/** https://hl7.org/fhir/R4/datatypes.html#Money */
export const money: Kind = {
  columns: { _value: 'numeric', _currency: 'text' },
  parse: value => {
    const { value: amount, currency } = (value ?? {}) as { value?: unknown; currency?: unknown }
    return isNumber(amount) ? { _value: amount, _currency: currency ?? null } : undefined
  },
  format: cells =>
    nonEmpty(
      compact({
        value: cells._value === null || cells._value === undefined ? null : Number(cells._value),
        currency: cells._currency
      })
    )
}

const UCUM = 'http://unitsofmeasure.org'
const MINUTES: Record<string, number> = { min: 1, h: 60 }

/** A Duration in whole minutes (UCUM min or h). */
export const minutes: Kind = single(
  'integer',
  value => {
    const { value: amount, code: unit, system } = (value ?? {}) as { value?: unknown; code?: string; system?: string }
    const factor = MINUTES[unit ?? 'min']
    if (!isNumber(amount) || factor === undefined || (system !== undefined && system !== UCUM)) return undefined
    return Number.isInteger(amount * factor) ? amount * factor : undefined
  },
  cell => ({ value: Number(cell), unit: 'min', system: UCUM, code: 'min' })
)

/** The object without null and undefined properties; undefined when nothing is left. */
function compact(object: Record<string, unknown>): Record<string, unknown> | undefined {
  return nonEmpty(
    Object.fromEntries(Object.entries(object).filter(([, value]) => value !== null && value !== undefined))
  )
}
const nonEmpty = (object: Record<string, unknown> | undefined): Record<string, unknown> | undefined =>
  object && Object.keys(object).length > 0 ? object : undefined
