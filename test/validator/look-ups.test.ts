/** resolve(), memberOf() and conformsTo() in constraints: https://hl7.org/fhir/R4/fhirpath.html#functions */
import { expect, test } from '@jest/globals'
import type { Json } from './fixture.js'
import { check, CORE } from './made-profile.js'

const holds = (expression: string, resource: Json): boolean => {
  const constraint = [{ key: 'k', severity: 'error', human: 'It holds', expression }]
  const errors = check('PractitionerRole', [{ path: 'PractitionerRole', constraint }], resource)
  if (errors.length > 0) expect(errors).toEqual(['k PractitionerRole'])
  return errors.length === 0
}
const contained = {
  contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
  organization: { reference: '#o' }
}
const remote = { organization: { reference: 'Organization/1' } }
const V2 = 'http://terminology.hl7.org/CodeSystem/v2-0136'
const coded = (code: string, system = V2) => ({ code: [{ coding: [{ system, code }] }] })
const YES_NO = 'http://terminology.hl7.org/ValueSet/v2-0136'

test.each<[boolean, string, Json]>([
  [true, "organization.resolve().name = 'x'", contained],
  [false, "organization.resolve().name = 'y'", contained],
  [true, 'organization.resolve() is Organization', contained],
  [false, 'organization.resolve() is Location', contained],
  [true, 'organization.resolve() is Organization', remote],
  [false, 'organization.all(resolve().is(Location))', remote],
  [true, "organization.resolve().name = 'y'", remote],
  [true, 'organization.resolve().name.exists()', { organization: { display: 'x' } }],
  [true, 'active is Boolean', { active: true }],
  [false, 'active is String', { active: true }],
  [true, 'active.ofType(Boolean).exists()', { active: true }],
  [true, `code.all(memberOf('${YES_NO}'))`, coded('Y')],
  [false, `code.all(memberOf('${YES_NO}'))`, coded('Q')],
  [false, `code.all(memberOf('${YES_NO}'))`, coded('Y', 'http://x.org')],
  [true, "code.all(memberOf('http://x.org/none'))", coded('Q')],
  [false, `organization.resolve().conformsTo('${CORE}Location')`, contained],
  [true, `organization.resolve().conformsTo('${CORE}Organization')`, contained],
  [true, "organization.resolve().conformsTo('http://x.org/none')", contained]
])('%s: %s of %j', (expected, expression, resource) => expect(holds(expression, resource)).toBe(expected))
