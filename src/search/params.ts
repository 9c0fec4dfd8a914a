/** Short hands for search parameters of R4. https://hl7.org/fhir/R4/searchparameter-registry.html */
import type { ParamType, SearchParam } from './definition.js'
import type { Condition } from './plan.js'

const param =
  (type: ParamType) =>
  (name: string, expression: string, targets?: readonly string[]): SearchParam => ({
    name,
    type,
    expression,
    ...(targets && { targets })
  })
export const tokenParam = param('token')
export const stringParam = param('string')
export const referenceParam = param('reference')
export const dateParam = param('date')

const ID = tokenParam('_id', 'Resource.id')

/** The condition that the id is among these. */
export const isOneOf = (type: string, ids: readonly string[]): Extract<Condition, { kind: 'param' }> => ({
  kind: 'param',
  type,
  param: ID,
  values: ids.map(code => ({ form: 'token', code }))
})

export const telecomParams = (path: string): SearchParam[] => [
  tokenParam('telecom', `${path}`),
  tokenParam('email', `${path}.where(system='email')`),
  tokenParam('phone', `${path}.where(system='phone')`)
]
export const addressParams = (path: string): SearchParam[] => [
  stringParam('address', path),
  stringParam('address-city', `${path}.city`),
  stringParam('address-state', `${path}.state`),
  stringParam('address-postalcode', `${path}.postalCode`),
  stringParam('address-country', `${path}.country`),
  tokenParam('address-use', `${path}.use`)
]
