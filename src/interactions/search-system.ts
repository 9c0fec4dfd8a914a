/** Search of several types at once, by what they have in common. https://hl7.org/fhir/R4/http.html#search */
import { fhirError } from '../fhir/errors.js'
import { isComputed } from '../search/registry.js'
import { joinQuery, splitQuery } from '../search/query-string.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { parse } from './plan.js'
import { isStrict } from './preference.js'
import { allows, restricted } from './restriction.js'
import { searchset } from './search-type.js'
import { timely } from './timely.js'

type Types = readonly [string, ...string[]]

/** Without `_type` of all that the token may search. Throws FhirError 400 and 403. */
export async function searchSystem(context: Context, request: FhirRequest): Promise<FhirResponse> {
  const pairs = splitQuery(request.query)
  if (pairs.every(([name]) => FORM.has(name)))
    throw fhirError('required', 'Name types, or a parameter that all have: ?_type=Practitioner,Organization', {
      expression: '_type'
    })
  const types = typesOf(context, pairs)
  const query = joinQuery(pairs.filter(([name]) => name !== '_type'))
  const plan = parse(context, types, query, isStrict(request))
  plan.system = true
  plan.used.unshift(['_type', types.join(',')])
  const computed = types.filter(type => isComputed(context.registry.get(type)))
  if (plan.beside && computed.length > 0) plan.notes = computed.map(storedOnly)
  const lapsing = types.map(type => context.registry.get(type)!).find(({ lapses }) => lapses)
  const read = () => searchset(context, restricted(context, plan))
  return lapsing ? timely(context, lapsing, query, read) : read()
}

const FORM: ReadonlySet<string> = new Set(['_format', '_pretty'])

const storedOnly = (type: string) => ({
  name: '_type',
  text: `Of ${type} what is stored is found here: for what is worked out (free ones) search ${type} by itself`
})

/** Each once, in the order of the registry, so that a page link fits however they were written. */
function typesOf(context: Context, pairs: readonly (readonly [string, string])[]): Types {
  const { registry } = context
  const named = pairs.filter(([name]) => name === '_type').map(([, value]) => value.split(',').map(each => each.trim()))
  const unknown = named.flat().find(type => !registry.has(type))
  if (unknown !== undefined)
    throw fhirError('value', `"${unknown}" is not a value for _type; give some of ${[...registry.keys()].join(', ')}`, {
      expression: '_type'
    })
  const wanted = [...registry.keys()].filter(type =>
    named.length > 0 ? named.every(types => types.includes(type)) : allows(context, type, 's')
  )
  const [first, ...more] = wanted
  if (first === undefined)
    throw named.length > 0
      ? fhirError('value', 'No type is in each _type', { expression: '_type' })
      : fhirError('forbidden', 'The token does not allow search of any type; it needs a scope such as system/*.s')
  return [first, ...more]
}
