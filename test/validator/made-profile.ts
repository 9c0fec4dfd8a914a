/** Profiles made up for a test, and what they say of a resource. */
import { createValidator } from '../../src/validator/index.js'
import { definitions, type Json } from './fixture.js'

export const CORE = 'http://hl7.org/fhir/StructureDefinition/'
export const URL = 'http://x.org/profile'

export const profile = (type: string, element: Json[], more: Json = {}): Json => ({
  ...{
    resourceType: 'StructureDefinition',
    url: URL,
    name: 'Test',
    status: 'active',
    kind: 'resource',
    abstract: false,
    type
  },
  ...{ baseDefinition: CORE + type, derivation: 'constraint', differential: { element } },
  ...more
})

/** Errors of a resource that claims a profile with these elements. */
export function check(type: string, element: Json[], resource: Json, conformance: Json[] = []): string[] {
  const validator = createValidator({ definitions, conformance: [...conformance, profile(type, element)] })
  return validator
    .validate({ resourceType: type, ...resource }, { profiles: [URL] })
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, expression, slice }) => `${rule} ${expression}${slice ? ` ${slice}` : ''}`)
}

export const sliced = (type: string, path: string, rules = 'open', more: Json = {}) => ({
  discriminator: [{ type, path }],
  rules,
  ...more
})
