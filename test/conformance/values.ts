/** Values by which a search parameter must find a resource: what its expression yields on it. */
import fhirpath from 'fhirpath'
import r4 from 'fhirpath/fhir-context/r4/index.js'
import type { Resource } from '../../src/fhir/types.js'
import type { SearchParam } from '../../src/search/definition.js'

type Value = string | boolean | { [element: string]: unknown }

/** As they stand in a query string, not yet percent-encoded. */
export function searchValues(resource: Resource, { expression, type }: SearchParam): string[] {
  // What a literal reference resolves to is told by its text.
  const [path = '', target] = expression.split(/\.where\(resolve\(\) is (\w+)\)/)
  const found = fhirpath.evaluate(resource, path, {}, r4) as Value[]
  const texts = found.flatMap(value => TEXTS[type](value))
  return [...new Set(target ? texts.filter(text => text.startsWith(`${target}/`)) : texts)]
}

const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&')
const pair = (system: unknown, code: unknown): string[] =>
  typeof code === 'string' ? [typeof system === 'string' ? `${escaped(system)}|${escaped(code)}` : escaped(code)] : []
const some = (...values: unknown[]): string[] =>
  values.flat().flatMap(value => (typeof value === 'string' ? [escaped(value)] : []))

function token(value: Value): string[] {
  if (typeof value !== 'object') return [String(value)]
  if (Array.isArray(value.coding)) return (value.coding as { system?: string; code?: string }[]).flatMap(token)
  if ('code' in value) return pair(value.system, value.code)
  // The system of a ContactPoint is a code of its own and no part of what is searched by.
  if ('rank' in value || /^(phone|fax|email|pager|url|sms|other)$/.test(String(value.system))) return some(value.value)
  return pair(value.system, value.value)
}

function date(value: Value): string[] {
  if (typeof value !== 'object') return [String(value)]
  return [...some(value.start).map(start => `ge${start}`), ...some(value.end).map(end => `le${end}`)]
}

const TEXTS: Record<SearchParam['type'], (value: Value) => string[]> = {
  token,
  date,
  string: value =>
    typeof value === 'object' ? some(value.family, value.given, value.text, value.city, value.line) : some(value),
  reference: value => (typeof value === 'object' ? some(value.reference) : []),
  uri: value => some(value),
  special: value => (typeof value === 'object' ? [`${String(value.latitude)}|${String(value.longitude)}|1|km`] : [])
}
