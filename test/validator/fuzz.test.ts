/** Resources knocked out of shape at random: the validator answers, and in time. `SOAK=1` runs 100,000 of them. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { createValidator } from '../../src/validator/index.js'
import { clinicalUser, definitions, profiles, validator, type Json } from './fixture.js'
import { profile, sliced, URL } from './made-profile.js'

const CASES = process.env.SOAK ? 100_000 : 3_000
const KEYS = [
  'resourceType',
  'meta',
  'profile',
  'contained',
  'id',
  'extension',
  'url',
  'valueString',
  'valueReference',
  'reference',
  '_active',
  'coding',
  'identifier',
  'text',
  'div',
  '__proto__',
  'period',
  'start'
]
const SCALARS = [
  null,
  0,
  -1,
  1.5,
  '',
  ' ',
  '#',
  '#pr',
  'Practitioner',
  'Practitioner/1',
  '2024-02-30',
  true,
  'urn:oid:',
  '<div'
]

const key = fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 8 }))
const { value } = fc.letrec<{ value: unknown }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<unknown>(...SCALARS),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    fc.constant<unknown>(clinicalUser)
  )
}))

/** One of each kind of rule that a profile may have. */
const everything = createValidator({
  definitions,
  conformance: [
    ...profiles,
    profile('PractitionerRole', [
      {
        path: 'PractitionerRole',
        constraint: [
          {
            key: 'x',
            severity: 'error',
            human: 'x',
            expression: "code.all(coding.exists()) and contained.name.family.first() != 'x'"
          }
        ]
      },
      { path: 'PractitionerRole.meta.tag', slicing: sliced('value', '$this'), max: '3' },
      {
        path: 'PractitionerRole.meta.tag',
        sliceName: 'a',
        min: 1,
        binding: { strength: 'required', valueSet: 'https://locum.example/fhir/ValueSet/hg-tag' }
      },
      { path: 'PractitionerRole.contained', slicing: sliced('profile', '$this', 'closed', { ordered: true }) },
      {
        path: 'PractitionerRole.contained',
        sliceName: 'p',
        type: [
          { code: 'Practitioner', profile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'] }
        ]
      },
      { path: 'PractitionerRole.period.start', min: 1, minValueDateTime: '2020', maxValueDateTime: '2030' },
      { path: 'PractitionerRole.practitioner', slicing: sliced('type', 'resolve()') },
      {
        path: 'PractitionerRole.practitioner',
        sliceName: 'q',
        type: [
          { code: 'Reference', targetProfile: ['http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner'] }
        ]
      },
      {
        path: 'PractitionerRole.code',
        slicing: sliced('exists', 'coding.code'),
        binding: { strength: 'required', valueSet: 'https://locum.example/fhir/ValueSet/administrative-role' }
      },
      { path: 'PractitionerRole.code', sliceName: 'c' },
      { path: 'PractitionerRole.code.coding', min: 1, slicing: sliced('pattern', '$this') },
      { path: 'PractitionerRole.code.coding.code', min: 1, maxLength: 5 },
      { path: 'PractitionerRole.organization', fixedReference: { reference: 'Organization/t-1' } },
      { path: 'PractitionerRole.extension.value[x]', type: [{ code: 'string' }] }
    ])
  ]
})

/** Replaces, adds or removes something at a random place. */
function knock(node: unknown, path: readonly number[], change: unknown, addKey: string): unknown {
  if (typeof node !== 'object' || node === null || path.length === 0) return change
  if (path[0]! % 7 === 0 && !Array.isArray(node)) return { ...node, [addKey]: change }
  const keys = Object.keys(node)
  if (keys.length === 0) return change
  const at = keys[path[0]! % keys.length]!
  const copy = (Array.isArray(node) ? [...(node as unknown[])] : { ...node }) as Json
  if (path[0]! % 11 === 0) delete copy[at]
  else copy[at] = knock(copy[at], path.slice(1), change, addKey)
  return copy
}

test('never throws, and every issue has a place and a text', () => {
  const places = fc.array(fc.nat(1000), { minLength: 1, maxLength: 7 })
  fc.assert(
    fc.property(places, value, key, (path, change, added) => {
      const resource = knock(clinicalUser, path, change, added)
      const issues = [...validator.validate(resource), ...everything.validate(resource, { profiles: [URL] })]
      for (const { text, expression, rule } of issues) {
        expect(rule).not.toBe('')
        expect(text.startsWith(`${expression}: `)).toBe(true)
      }
    }),
    { numRuns: CASES }
  )
})
