/** Places of the datatypes that several types carry: the search side of mapping/datatypes.ts. */
import { SYSTEM } from '../fhir/types.js'
import type { Place, PlaceOf, Places } from './definition.js'

export const token = (table: string, key: string, value: string, system?: string, text?: readonly string[]): Place => ({
  form: 'token',
  table,
  key,
  value,
  ...(system && { system }),
  ...(text && { text })
})
/** A code whose system the element's binding fixes. */
export const code = (table: string, key: string, value: string, fixedSystem: string): PlaceOf<'token'> => ({
  form: 'token',
  table,
  key,
  value,
  fixedSystem
})
export const flag = (table: string, value: string): Place => ({ form: 'boolean', table, key: 'id', value })
export const concept = (table: string, key: string): Place[] => [
  token(table, key, 'code', 'system', ['text_folded', 'display_folded'])
]
/** Identifier rows. https://hl7.org/fhir/R4/search.html#token */
export const identifier = (table: string, key: string): Place[] => [
  {
    form: 'token',
    table,
    key,
    value: 'value',
    system: 'system',
    text: ['type_text_folded', 'type_display_folded'],
    ofType: { system: 'type_system', code: 'type_code' }
  }
]
/** A Coding on the root, in columns `{column}_system`, `_code` and `_display`. */
export const rootCoding = (table: string, column: string): Place[] => [
  token(table, 'id', `${column}_code`, `${column}_system`, [`${column}_display_folded`])
]
/** A CodeableConcept (kind `concept`) on the root. */
export const rootConcept = (table: string, column: string): Place[] => [
  {
    form: 'token',
    table,
    key: 'id',
    value: `${column}_code`,
    system: `${column}_system`,
    text: [`${column}_text_folded`, `${column}_display_folded`]
  }
]
/** A reference of which rows know type and id alone. */
export const literalLink = (table: string, key: string, column: string): PlaceOf<'reference'> => ({
  form: 'reference',
  table,
  key,
  id: `${column}_id`,
  type: `${column}_type`
})
/**
 * ... and one of which they know an identifier and the URL on another server too: see migrations/schema/search-columns.ts. `element` is the Reference
 * in a row, where the row is more than that.
 */
export const link = (table: string, key: string, column: string, element = ''): PlaceOf<'reference'> => ({
  ...literalLink(table, key, column),
  identifier: { system: `${column}_identifier_system`, value: `${column}_identifier_value` },
  url: `${column}_url`,
  rest: element
})
/** How the words of a words table sound. */
export const sounds = (table: string, key: string): Place => ({ form: 'sound', table, key, sound: 'sound' })
/** A row of a words table (folded, raw), of one kind or any; one of a root's rows has all its texts. */
export const words = (table: string, key: string, kind?: string): Place => ({
  form: 'string',
  table,
  key,
  folded: 'folded',
  raw: 'raw',
  view: `${table}_search`,
  texts: 'texts',
  ...(kind && { where: { kind } })
})
/** A text column with its folded twin `{column}_folded`. */
export const folded = (table: string, key: string, column: string): Place => ({
  form: 'string',
  table,
  key,
  folded: `${column}_folded`,
  raw: column,
  view: `${table}_search`
})
export const instants = (table: string, key: string, from: string, to = from): Place => ({
  form: 'date',
  table,
  key,
  from,
  to
})

/** The start and end of a Period. */
export const periods = (table: string, key: string, column = 'period'): Place => ({
  form: 'date',
  table,
  key,
  from: `${column}_start`,
  to: `${column}_end`,
  days: true
})

/**
 * What the rows of a view are shown with: `meta.profile` (where the column `when` holds anything), and `meta.source` when
 * they come from elsewhere.
 */
export const shownMeta = (
  table: string,
  key: string,
  { profiles, when }: { profiles: readonly string[]; when?: string },
  source?: string
): Places => {
  const fixed = (uri: string): Place => ({ form: 'fixed-uri', table, key, uri })
  return {
    _profile: profiles.map(uri => ({ ...fixed(uri), ...(when && { when }) })),
    ...(source && { _source: [fixed(source)] })
  }
}

/** Name and address columns of the national provider file, which have folded twins; not street, country and use. */
export const directoryPlaces = (table: string, names: Readonly<Record<string, readonly string[]>>): Places => {
  const key = 'npi'
  const of = (...columns: string[]): Place[] =>
    columns.map(raw => ({ form: 'string', table, key, raw, folded: `${raw}_folded` }))
  const both = (...parts: string[]): Place[] => of(...parts.flatMap(part => [`practice_${part}`, `mailing_${part}`]))
  return {
    identifier: [code(table, key, 'npi', SYSTEM.npi)],
    active: [{ form: 'boolean', table, key, value: 'active' }],
    ...Object.fromEntries(Object.entries(names).map(([param, columns]) => [param, of(...columns)])),
    address: both('city', 'state', 'postal_code'),
    'address-city': both('city'),
    'address-state': both('state'),
    'address-postalcode': both('postal_code')
  }
}

const ADDRESS_USE = 'http://hl7.org/fhir/address-use'

/** address, address-city ... from a words table, address-use from the addresses themselves. */
export const addressPlaces = (
  table: string,
  key: string,
  use: { table: string; key: string; column: string }
): Places => ({
  'address-use': [code(use.table, use.key, use.column, ADDRESS_USE)],
  address: [words(table, key)],
  'address-city': [words(table, key, 'city')],
  'address-state': [words(table, key, 'state')],
  'address-postalcode': [words(table, key, 'postalcode')],
  'address-country': [words(table, key, 'country')]
})

/** telecom, email, phone from a ContactPoint table. */
export const telecomPlaces = (table: string, key: string): Places => {
  const of = (where?: Record<string, string>): Place[] => [
    { ...token(table, key, 'value', 'system'), ...(where && { where }) }
  ]
  return { telecom: of(), email: of({ system: 'email' }), phone: of({ system: 'phone' }) }
}
