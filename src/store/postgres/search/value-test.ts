/** Whether the columns of a place hold one of a parameter's values: one SQL test per form of place. */
import type { Place, PlaceOf } from '../../../search/definition.js'
import type { Modifier, TokenValue, Value, ValueForm, ValueOf } from '../../../search/plan.js'
import { dateTest } from './date-test.js'
import { nearTest } from './near-test.js'
import { among, and, beginsWith, column, literal, or, type SqlText } from './sql-text.js'

/** True where the row at `alias` has one of the values. */
export function valueTest(
  sql: SqlText,
  alias: string,
  place: Place,
  values: readonly Value[],
  modifier?: Modifier
): string {
  switch (place.form) {
    case 'token':
      return or(tokenTests(sql, alias, place, only(values, 'token'), modifier))
    case 'boolean':
      return or(booleanTests(column(alias, place.value), only(values, 'token')))
    case 'string':
      return or(only(values, 'string').map(({ text }) => stringTest(sql, alias, place, text, modifier)))
    case 'date':
      return dateTest(sql, alias, place, only(values, 'date'))
    case 'reference':
      return or(referenceTests(sql, alias, place, values, modifier))
    case 'uri':
      return or(uriTests(sql, column(alias, place.value), only(values, 'uri'), modifier))
    case 'sound':
      return or(only(values, 'string').map(({ text }) => soundTest(sql, alias, place, text)))
    case 'position':
      return nearTest(sql, alias, place, only(values, 'near'))
    case 'fixed-uri': {
      const tests = uriTests(sql, `${sql.value(place.uri)}::text`, only(values, 'uri'), modifier)
      return and([or(tests), presenceTest(alias, place)])
    }
  }
}

/** True where the row at `alias` has any value, for :missing. */
export function presenceTest(alias: string, place: Place): string {
  const filled = (...columns: (string | undefined)[]) =>
    or(columns.filter(each => each !== undefined).map(each => `${column(alias, each)} is not null`))
  switch (place.form) {
    case 'token':
      return filled(place.value, place.system, ...(place.text ?? []))
    case 'boolean':
    case 'uri':
      return filled(place.value)
    case 'string':
      return filled(place.raw)
    case 'date':
      return place.from === place.to ? filled(place.from) : filled(place.from, place.to)
    case 'sound':
      return filled(place.sound)
    case 'position':
      return `${filled(place.latitude)} and ${filled(place.longitude)}`
    case 'reference':
      return referred(alias, place, filled(place.id, place.identifier?.value, place.identifier?.system))
    case 'fixed-uri':
      return place.when === undefined ? 'true' : filled(place.when)
  }
}

/** A reference of any kind is a value: one to another server, or a display alone, too. */
function referred(alias: string, { rest }: PlaceOf<'reference'>, known: string): string {
  if (rest === undefined) return known
  return rest === '' ? 'true' : `(${known} or ${column(alias, 'rest')} -> ${literal(rest)} is not null)`
}

const only = <F extends ValueForm>(values: readonly Value[], form: F): ValueOf<F>[] =>
  values.filter((value): value is ValueOf<F> => value.form === form)

function tokenTests(
  sql: SqlText,
  alias: string,
  place: PlaceOf<'token'>,
  values: readonly TokenValue[],
  modifier?: Modifier
): string[] {
  if (modifier === 'text') {
    return values.flatMap(({ text }) =>
      (place.text ?? []).map(each => `(${beginsWith(column(alias, each), `app.fold(${sql.value(text)})`)})`)
    )
  }
  if (modifier === 'of-type') return values.flatMap(value => ofTypeTest(sql, alias, place, value))
  if (place.codes) return tokenTests(sql, alias, { ...place, codes: undefined }, stored(place.codes, values))
  const code = column(alias, place.value)
  const system = place.system === undefined ? undefined : column(alias, place.system)
  if (system === undefined)
    return among(sql, code, codesWithin(place.fixedSystem, values)).concat(everyCode(place, values, code))
  const anySystem = values.filter(value => value.system === undefined)
  return [
    ...among(sql, code, codesOf(anySystem)),
    ...values.filter(value => value.system !== undefined).map(value => pairTest(sql, code, system, value))
  ]
}

/** The values as the column has them; one that it never has is none. */
const stored = (codes: Readonly<Record<string, string>>, values: readonly TokenValue[]): TokenValue[] =>
  values.flatMap(value => {
    if (value.code === undefined) return value
    return Object.hasOwn(codes, value.code) ? { ...value, code: codes[value.code]! } : []
  })

const codesOf = (values: readonly TokenValue[]): string[] => values.flatMap(value => value.code ?? [])

/** The codes that can match where all values are of one system; undefined: of none. */
const codesWithin = (fixedSystem: string | undefined, values: readonly TokenValue[]): string[] =>
  codesOf(values.filter(({ system }) => system === undefined || system === (fixedSystem ?? null)))

/** `system|` of a column that is wholly of that system. */
const everyCode = (place: PlaceOf<'token'>, values: readonly TokenValue[], code: string): string[] =>
  values.some(value => value.code === undefined && value.system === place.fixedSystem) ? [`${code} is not null`] : []

function pairTest(sql: SqlText, code: string, system: string, value: TokenValue): string {
  const tests = value.code === undefined ? [] : [`${code} = ${sql.value(value.code)}`]
  tests.push(value.system === null ? `${system} is null` : `${system} = ${sql.value(value.system)}`)
  return `(${and(tests)})`
}

function ofTypeTest(sql: SqlText, alias: string, place: PlaceOf<'token'>, { type, code }: TokenValue): string[] {
  if (!place.ofType || !type) return []
  const equal = (name: string, value: unknown) => `${column(alias, name)} = ${sql.value(value)}`
  return [
    `(${and([equal(place.value, code), equal(place.ofType.system, type.system), equal(place.ofType.code, type.code)])})`
  ]
}

/** A boolean may be written with its system. */
const SPECIAL_VALUES = 'http://terminology.hl7.org/CodeSystem/special-values'

const booleanTests = (column: string, values: readonly TokenValue[]): string[] =>
  values
    .filter(({ system }) => system === undefined || system === null || system === SPECIAL_VALUES)
    .map(({ code }) => (code === 'true' ? column : `not ${column}`))

/** As many characters of a text as its folded twin has: see migrations/schema/columns.ts. */
const COMPARED = 400

/** A prefix, whatever the case and accents; :exact as written, but for how an accent is encoded. */
function stringTest(sql: SqlText, alias: string, place: PlaceOf<'string'>, text: string, modifier?: Modifier): string {
  const [folded, raw] = [column(alias, place.folded), column(alias, place.raw)]
  const sought = `app.fold(${sql.value(text)})`
  const compared = `left(${sought}, ${COMPARED})`
  if (modifier === 'exact') return `(${folded} = ${compared} and normalize(${raw}, nfc) = ${sql.value(text)})`
  // Of a longer text the twin tells that it may fit, and the text itself whether it does.
  const longer = text.length > COMPARED / 4 ? [`starts_with(app.fold(${raw}), ${sought})`] : []
  return `(${and([beginsWith(folded, compared), ...longer])})`
}

/** `folded` has the text anywhere. */
export const containsTest = (sql: SqlText, folded: string, text: string): string =>
  `${folded} like '%' || app.fold(${sql.value(text.replace(/[\\%_]/g, '\\$&'))}) || '%'`

/** Some word sounds like some word of the text. */
function soundTest(sql: SqlText, alias: string, place: PlaceOf<'sound'>, text: string): string {
  const sought = `app.sounds(${sql.value(text)})`
  const own = column(alias, place.sound)
  return place.whole ? `app.sounds(${own}) && ${sought}` : `${own} = any(${sought})`
}

function referenceTests(
  sql: SqlText,
  alias: string,
  place: PlaceOf<'reference'>,
  values: readonly Value[],
  modifier?: Modifier
): string[] {
  if (modifier === 'identifier') {
    if (!place.identifier) return []
    const { system, value } = place.identifier
    return tokenTests(sql, alias, { ...place, form: 'token', system, value }, only(values, 'token'))
  }
  const sought = only(values, 'reference')
  const types = [...new Set(sought.map(value => value.type))]
  const bare = place.alone === undefined ? [] : sought.flatMap(value => (value.bare ? value.id : []))
  const alone = bare.length > 0 ? among(sql, column(alias, place.alone!), bare) : []
  const urls = only(values, 'foreign').map(({ url }) => url)
  const foreign = place.url === undefined ? [] : among(sql, column(alias, place.url), urls)
  const tests = types.flatMap(type => {
    const typed = type === undefined ? [] : typeTest(alias, place, type)
    const ids = sought.filter(value => value.type === type).map(value => value.id)
    return typed ? [`(${and([...typed, ...among(sql, column(alias, place.id), ids)])})`] : []
  })
  return [...tests, ...alone, ...foreign]
}

/** Tests that a reference is to `type`; undefined when it never is. */
export function typeTest(alias: string, place: PlaceOf<'reference'>, type: string): string[] | undefined {
  if (place.type !== undefined) return [`${column(alias, place.type)} = ${literal(type)}`]
  return place.fixedType === undefined || place.fixedType === type ? [] : undefined
}

function uriTests(sql: SqlText, column: string, values: readonly { uri: string }[], modifier?: Modifier): string[] {
  if (modifier === 'below')
    return values.map(({ uri }) => `(${beginsWith(column, `${sql.value(uri)}::text collate "C"`)})`)
  const sought = values.flatMap(({ uri }) => (modifier === 'above' ? beginnings(uri) : uri))
  return among(sql, column, sought)
}

/** All that a text begins with: a list to look up, where a test of each row would not reach an index. */
const beginnings = (text: string): string[] => Array.from(text, (_, at) => text.slice(0, at + 1))
