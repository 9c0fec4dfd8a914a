/** Codes that no value set binds: https://hl7.org/fhir/R4/terminologies.html */
import { expect, test } from '@jest/globals'
import { validator, type Json } from './fixture.js'

const told = (resource: Json): string[] =>
  validator
    .validate(resource)
    .filter(({ rule }) => rule !== 'dom-6')
    .map(({ severity, rule, expression }) => `${severity} ${rule} ${expression}`)
const ENTITY = 'http://terminology.hl7.org/CodeSystem/contactentity-type'
const METHOD = 'http://terminology.hl7.org/CodeSystem/service-referral-method'
const service = (...coding: Json[]): Json => ({ resourceType: 'HealthcareService', referralMethod: [{ coding }] })
const tagged = (system: string, code: string): Json => ({
  ...{ resourceType: 'Location', meta: { tag: [{ system, code }] } }
})
const PLACE = 'HealthcareService.referralMethod[0].coding'

test.each<[string, Json, string[]]>([
  ['a code of its system', service({ system: METHOD, code: 'fax' }), []],
  ['one that its system does not have', service({ system: METHOD, code: 'pigeon' }), [`${PLACE}[0].code`]],
  ['the second of two', service({ code: 'x' }, { system: METHOD, code: 'pigeon' }), [`${PLACE}[1].code`]],
  ['a system that nobody knows', service({ system: 'http://x.org', code: 'pigeon' }), []],
  ['a Coding by itself', tagged(METHOD, 'pigeon'), ['Location.meta.tag[0].code']],
  ['a system of codes without a list', tagged('http://snomed.info/sct', '1'), []]
])('%s', (_name, resource, places) =>
  expect(told(resource)).toEqual(places.map(place => `warning code-unknown ${place}`))
)

test('a value set is no system', () =>
  expect(told(tagged('http://hl7.org/fhir/ValueSet/administrative-gender', 'female'))).toEqual([
    'warning system-value-set Location.meta.tag[0].system'
  ]))

test('a code that is bound is told of once', () =>
  expect(
    told({
      resourceType: 'Organization',
      name: 'x',
      contact: [{ purpose: { coding: [{ system: ENTITY, code: 'x' }] } }]
    })
  ).toEqual(['warning binding Organization.contact[0].purpose.coding[0].code']))
