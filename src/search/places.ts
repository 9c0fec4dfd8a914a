/** Places of the datatypes that several types carry: the search side of mapping/datatypes.ts. */
import type { Place, Places } from './definition.js'

export const token = (table: string, key: string, value: string, system?: string, text?: string): Place => ({
  form: 'token',
  table,
  key,
  value,
  ...(system && { system }),
  ...(text && { text })
})
/** A code whose system the element's binding fixes. */
export const code = (table: string, key: string, value: string, fixedSystem: string): Place => ({
  form: 'token',
  table,
  key,
  value,
  fixedSystem
})
export const flag = (table: string, value: string): Place => ({ form: 'boolean', table, key: 'id', value })
export const concept = (table: string, key: string): Place[] => [token(table, key, 'code', 'system', 'text_folded')]
/** Identifier rows. https://hl7.org/fhir/R4/search.html#token */
export const identifier = (table: string, key: string): Place[] => [
  {
    form: 'token',
    table,
    key,
    value: 'value',
    system: 'system',
    text: ['type_text', 'type_display'],
    ofType: { system: 'type_system', code: 'type_code' }
  }
]
/** A CodeableConcept (kind `concept`) on the root. */
export const rootConcept = (table: string, column: string): Place[] => [
  {
    form: 'token',
    table,
    key: 'id',
    value: `${column}_code`,
    system: `${column}_system`,
    text: [`${column}_text`, `${column}_display`]
  }
]
export const link = (table: string, key: string, column: string): Place => ({
  form: 'reference',
  table,
  key,
  id: `${column}_id`,
  type: `${column}_type`
})
/** A row of a words table (folded, raw), of one kind or any. */
export const words = (table: string, key: string, kind?: string): Place => ({
  form: 'string',
  table,
  key,
  folded: 'folded',
  raw: 'raw',
  view: `${table}_search`,
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
