/** A binding on an element of several types binds each of them by its own form. https://hl7.org/fhir/R4/terminologies.html */
import { expect, test } from '@jest/globals'
import type { Json } from './fixture.js'
import { check } from './made-profile.js'

const UCUM = 'http://unitsofmeasure.org'
const units = {
  ...{ path: 'Observation.value[x]' },
  binding: { strength: 'required', valueSet: 'http://hl7.org/fhir/ValueSet/ucum-vitals-common' }
}
const observed = (value: Json): string[] =>
  check('Observation', [units], { status: 'final', code: { text: 'weight' }, ...value })
const concept = (code: string): Json => ({ valueCodeableConcept: { coding: [{ system: UCUM, code }] } })

test.each<[string, Json, string[]]>([
  ['a quantity', { valueQuantity: { value: 1, system: UCUM, code: 'kg' } }, []],
  ['another quantity', { valueQuantity: { value: 1, system: UCUM, code: 'mol' } }, ['binding Observation.value.code']],
  ['a concept', concept('kg'), []],
  ['another concept', concept('mol'), ['binding Observation.value.coding[0].code']],
  ['a text', { valueString: 'kg' }, []],
  ['another text', { valueString: 'heavy' }, ['binding Observation.value']],
  ['what has no code', { valueBoolean: true }, []]
])('%s', (_name, value, issues) => expect(observed(value)).toEqual(issues))
