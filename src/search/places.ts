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
  ...(kind && { where: { kind } })
})
export const instants = (table: string, key: string, from: string, to = from): Place => ({ form: 'date', table, key, from, to })

/** address, address-city ... from a words table. */
export const addressPlaces = (table: string, key: string): Places => ({
  address: [words(table, key)],
  'address-city': [words(table, key, 'city')],
  'address-state': [words(table, key, 'state')],
  'address-postalcode': [words(table, key, 'postalcode')],
  'address-country': [words(table, key, 'country')]
})

/** telecom, email, phone from a ContactPoint table. */
export const telecomPlaces = (table: string, key: string): Places => {
  const of = (where?: Record<string, string>): Place[] => [{ ...token(table, key, 'value', 'system'), ...(where && { where }) }]
  return { telecom: of(), email: of({ system: 'email' }), phone: of({ system: 'phone' }) }
}
