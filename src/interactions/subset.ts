/** Answers with a part of their resources: `_summary` and `_elements`. https://hl7.org/fhir/R4/search.html#summary */
import { readJson, writeJson } from '../fhir/digits.js'
import { fhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import { splitQuery } from '../search/query-string.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'

const SUMMARIES = ['true', 'text', 'data', 'count', 'false']
/** What tells that a resource is not whole. https://hl7.org/fhir/R4/valueset-resource-security-category.html */
export const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }
const ALWAYS = ['resourceType', 'id', 'meta']

/** Whether an element of a type is kept. */
type Keep = (type: string, element: string) => boolean

/** Makes of an answer what the query asks to see of it; untouched when that is all. Throws FhirError 400. */
export function subsetFor(
  context: Context,
  { query }: Pick<FhirRequest, 'query'>,
  interaction: string
): (answer: FhirResponse) => FhirResponse {
  const keep =
    query.includes('_summary') || query.includes('_elements') ? keepOf(context, query, interaction) : undefined
  if (!keep) return answer => answer
  return answer => ({
    ...answer,
    ...(typeof answer.body === 'string' && { body: writeJson(cut(readJson(answer.body) as Resource, keep)) })
  })
}

function keepOf({ validator }: Context, query: string, interaction: string): Keep | undefined {
  const given = splitQuery(query)
  const valueOf = (name: string) => given.find(([each, value]) => each === name && value.trim() !== '')?.[1]
  const [summary = 'false', elements] = [valueOf('_summary'), valueOf('_elements')]
  if (!SUMMARIES.includes(summary))
    throw fhirError('value', `_summary must be ${SUMMARIES.join(', ')}, not ${summary}`, { expression: '_summary' })
  if (summary === 'count' && interaction !== 'search' && interaction !== 'history')
    throw fhirError('value', '_summary=count is for searches and histories', { expression: '_summary' })
  if (summary === 'text' && given.some(([name]) => /^_(rev)?include/.test(name)))
    throw fhirError('not-supported', '_summary=text cannot be combined with _include and _revinclude', {
      expression: '_summary'
    })
  const kept = (type: string, list: 'summary' | 'mandatory') => validator.elements(type)?.[list] ?? []
  if (elements) {
    const named = elements.split(',').map(name => name.trim())
    return (type, element) => among([...kept(type, 'mandatory'), ...named, ...ofType(named, type)], element)
  }
  if (summary === 'true')
    return (type, element) => among([...kept(type, 'mandatory'), ...kept(type, 'summary')], element)
  if (summary === 'text') return (type, element) => among([...kept(type, 'mandatory'), 'text'], element)
  return summary === 'data' ? (_type, element) => element !== 'text' : undefined
}

/** `Practitioner.name` names an element of that type alone. */
const ofType = (named: readonly string[], type: string): string[] =>
  named.filter(name => name.startsWith(`${type}.`)).map(name => name.slice(type.length + 1))

/** `_active` belongs to `active`, `effectiveDateTime` to `effective[x]`. */
function among(names: readonly string[], element: string): boolean {
  const own = element.replace(/^_/, '')
  return names.some(name => name === own || (name.endsWith('[x]') && own.startsWith(name.slice(0, -3))))
}

function cut(resource: Resource, keep: Keep): Resource {
  const { resourceType } = resource
  if (resourceType === 'OperationOutcome') return resource
  if (resourceType === 'Bundle') {
    const entry = (resource.entry ?? []) as { resource?: Resource }[]
    return {
      ...resource,
      ...(resource.entry !== undefined && {
        entry: entry.map(each => ({ ...each, ...(each.resource && { resource: cut(each.resource, keep) }) }))
      })
    }
  }
  const kept = Object.entries(resource).filter(([name]) => ALWAYS.includes(name) || keep(resourceType, name))
  const { tag = [], ...meta } = resource.meta ?? {}
  return { ...Object.fromEntries(kept), resourceType, meta: { ...meta, tag: [...tag, SUBSETTED] } }
}
