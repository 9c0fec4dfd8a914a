/** Definitions that cannot be used stop the load, and say where. https://hl7.org/fhir/R4/profiling.html */
import { expect, test } from '@jest/globals'
import { createValidator } from '../../src/validator/index.js'
import { definitions, type Json } from './fixture.js'
import { CORE, profile, sliced, URL } from './made-profile.js'

const load = (...conformance: unknown[]) => createValidator({ definitions, conformance })
const of = (element: unknown, more: Json = {}) => profile('Practitioner', [element as Json], more)
const name = (rest: Json) => of({ path: 'Practitioner.name', ...rest })
const rule = (rest: Json) =>
  name({ constraint: [{ key: 'a', severity: 'error', human: 'A.', expression: 'true', ...rest }] })
const slices = (slicing: Json) =>
  profile('Practitioner', [
    { path: 'Practitioner.identifier', slicing },
    { path: 'Practitioner.identifier', sliceName: 'a', min: 1 },
    { path: 'Practitioner.identifier.system', fixedUri: 'http://x.org/a' }
  ])
const extension = (fixedUri: string, more: Json = {}) =>
  profile('Extension', [{ path: 'Extension.url', fixedUri }], { kind: 'complex-type', ...more })
const set = (compose: unknown) => ({ resourceType: 'ValueSet', url: 'http://x.org/vs', status: 'active', compose })
const SYSTEM = { resourceType: 'CodeSystem', url: 'http://x.org/cs', status: 'active', content: 'complete' }

test.each<[string, Json, string]>([
  ['no list of elements', of({}, { differential: { element: {} } }), 'differential.element'],
  ['null for an element', of(null), 'differential.element[0]'],
  ['an element without path', of({ id: 'Practitioner.name', min: 1 }), 'differential.element[0].path'],
  ['an element of another type', of({ path: 'Patient.name' }), 'Patient.name'],
  ['min as text', name({ min: '1' }), 'differential.element[0].min'],
  ['max that is no number', name({ max: 'many' }), 'Practitioner.name: max is'],
  ['more needed than allowed', name({ min: 3, max: '2' }), 'Practitioner.name: at least 3'],
  [
    'a type that the element does not have',
    name({ type: [{ code: 'Address' }] }),
    'Practitioner.name: it has no type Address'
  ],
  ['a type that there is not', name({ type: [{ code: 'HumanNam' }] }), 'Practitioner.name: it has no type HumanNam'],
  [
    'a fixed value of another type',
    of({ path: 'Practitioner.gender', fixedBoolean: true }),
    'Practitioner.gender: fixedBoolean'
  ],
  ['a pattern of another type', name({ patternAddress: { city: 'x' } }), 'Practitioner.name: patternAddress'],
  ['a slip in a pattern', name({ patternHumanName: { famly: 'x' } }), 'differential.element[0].pattern.famly'],
  ['a constraint without words', rule({ human: undefined }), 'constraint[0].human'],
  [
    'a constraint with a function that there is not',
    rule({ expression: 'family.where(lenght() > 1)' }),
    'Practitioner.name: the constraint a is not FHIRPath: there is no function lenght()'
  ],
  ['a constraint without severity', rule({ severity: undefined }), 'constraint[0].severity'],
  ['a binding without strength', name({ binding: { valueSet: 'http://x.org/vs' } }), 'binding.strength'],
  ['a misspelt property', name({ mim: 1 }), 'differential.element[0].mim'],
  ['slicing rules that there are not', slices(sliced('value', 'system', 'close')), 'slicing.rules'],
  ['slices that nothing tells apart', slices({ rules: 'open' }), 'Practitioner.identifier:a'],
  [
    'the base of another type',
    of({ path: 'Practitioner.name' }, { baseDefinition: `${CORE}Patient` }),
    `${CORE}Patient`
  ],
  ['an extension with another url', extension('http://x.org/other'), 'http://x.org/other'],
  ['a context without a type', extension(URL, { context: [{ expression: 'Element' }] }), 'context[0].type'],
  ['includes that are no list', set({ include: { system: 'x' } }), 'http://x.org/vs: ValueSet.compose.include'],
  ['a concept without a code', { ...SYSTEM, concept: [{ display: 'a' }] }, 'CodeSystem.concept[0].code']
])('%s', (_name, definition, place) => {
  expect(() => load(definition)).toThrow(place)
  expect(() => load(definition)).toThrow(definition.url)
})

test('a filter that is no regular expression', () => {
  const include = [{ system: 'http://x.org/cs', filter: [{ property: 'code', op: 'regex', value: '(' }] }]
  expect(() => load({ ...SYSTEM, concept: [{ code: 'a' }] }, set({ include }))).toThrow('http://x.org/vs')
})

test.each<[string, Json]>([
  [
    'derived from what all resources are',
    of({ path: 'Practitioner.name', min: 1 }, { baseDefinition: `${CORE}DomainResource` })
  ],
  [
    'without the metadata that nobody reads',
    of({ path: 'Practitioner.name', min: 1 }, { status: undefined, name: undefined })
  ],
  ['nothing changed', of({}, { differential: { element: [] } })],
  [
    'a pattern of less than the type needs',
    of(
      { path: 'Extension.value[x]', patternAnnotation: { authorString: 'x' } },
      { type: 'Extension', baseDefinition: `${CORE}Extension` }
    )
  ],
  ['a code as a string', of({ path: 'Practitioner.gender', patternString: 'male' })],
  ['an extension derived from another', extension('http://x.org/other', { baseDefinition: 'http://x.org/other' })]
])('allowed: %s', (_name, definition) => {
  const other = { ...extension('http://x.org/other'), url: 'http://x.org/other' }
  expect(() => load(other, definition)).not.toThrow()
})
