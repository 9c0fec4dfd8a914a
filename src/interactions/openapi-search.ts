/** Searches in the OpenAPI description: parameters, includes, and both as a form. https://spec.openapis.org/oas/v3.1.0#parameter-object */
import { COMMON_PARAMS, type SearchParam } from '../search/definition.js'
import { includesOf } from '../search/includes.js'
import type { Registry } from '../search/registry.js'
import { ref, SHOWN } from './openapi-parts.js'

interface Parameter {
  name: string
  in: 'query'
  description: string
  schema: object
}

/** Search parameters, without those of the answer: what conditional requests take too. */
export const criteria = (search: readonly SearchParam[]): Parameter[] =>
  [...COMMON_PARAMS, ...search].map(({ name, type, expression }) => ({
    name,
    in: 'query',
    description: `${type}: ${expression}`,
    schema: { type: 'string' }
  }))

/** All that a search takes by GET; modifiers, chains and `_has` are made of these. */
export const searchParameters = (
  registry: Registry,
  { type, search }: { type?: string; search: readonly SearchParam[] }
): object[] => [...criteria(search), ...(type ? includes(registry, type) : []), ...RESULT, ...SHOWN, HANDLING]

/** What refuses, and what leaves out. */
export const HANDLING = ref('parameters', 'preferHandling')

/** The same for `_search`. */
export function searchForm(registry: Registry, of: { type?: string; search: readonly SearchParam[] }): object {
  const named = [...criteria(of.search), ...(of.type ? includes(registry, of.type) : [])]
  const properties = Object.fromEntries(named.map(({ name, schema }) => [name, schema]))
  const content = { 'application/x-www-form-urlencoded': { schema: { type: 'object', properties } } }
  return { parameters: [HANDLING], requestBody: { content } }
}

const RESULT = ['sort', 'count', 'total'].map(name => ref('parameters', name))

function includes(registry: Registry, type: string): Parameter[] {
  const { forward, backward } = includesOf(registry, type)
  return [
    includeOf('_include', 'What matches refers to, by', forward),
    includeOf('_revinclude', 'What refers to matches, by', backward)
  ].flat()
}

/** A type may follow (`:Practitioner`), and `*` stands for all. */
const includeOf = (name: string, description: string, values: readonly string[]): Parameter[] =>
  values.length === 0
    ? []
    : [
        {
          name,
          in: 'query',
          description: `${description} ${values.join(', ')}, or *; ${name}:iterate goes on from there`,
          schema: { anyOf: [{ enum: [...values, '*'] }, { type: 'string' }] }
        }
      ]
