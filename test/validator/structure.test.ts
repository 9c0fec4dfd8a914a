/** The JSON form: https://hl7.org/fhir/R4/json.html */
import { describe, expect, test } from '@jest/globals'
import { errorsOf, validator, with_ } from './fixture.js'

const base = { resourceType: 'Practitioner', active: true, name: [{ family: 'Lee', given: ['Ann'] }] }

describe('JSON form', () => {
  test('a good resource has no error', () => expect(errorsOf(base)).toEqual([]))

  test.each([
    ['unknown element', { colour: 'red' }, 'unknown-element Practitioner.colour'],
    ['unknown element, odd name', { 'my-colour': 'red' }, 'unknown-element Practitioner.`my-colour`'],
    ['element of the prototype', { constructor: 'x' }, 'unknown-element Practitioner.constructor'],
    ['misspelt inside', { name: [{ famly: 'Lee' }] }, 'unknown-element Practitioner.name[0].famly'],
    ['object for array', { name: { family: 'Lee' } }, 'type Practitioner.name'],
    ['array for object', { text: [] }, 'type Practitioner.text'],
    ['empty array', { name: [] }, 'type Practitioner.name'],
    ['empty object', { name: [{}] }, 'ele-1 Practitioner.name[0]'],
    ['object with an id only', { name: [{ id: 'a' }] }, 'ele-1 Practitioner.name[0]'],
    [
      'object for the array of contained resources',
      {
        contained: { resourceType: 'Organization', id: 'o', name: 'x' },
        qualification: [{ code: { text: 'x' }, issuer: { reference: '#o' } }]
      },
      'type Practitioner.contained'
    ],
    [
      'value[x] as in the tables of the specification',
      { extension: [{ url: 'http://x.org/e', 'value[x]': 'x' }] },
      'unknown-element Practitioner.extension[0].`value[x]`'
    ],
    ['null', { name: null }, 'type Practitioner.name'],
    ['null in an array of objects', { name: [null] }, 'type Practitioner.name[0]'],
    ['null in an array of primitives', { name: [{ given: ['A', null] }] }, 'type Practitioner.name[0].given[1]'],
    ['text for boolean', { active: 'true' }, 'type Practitioner.active'],
    ['number for text', { birthDate: 1970 }, 'type Practitioner.birthDate'],
    ['text for object', { name: ['Lee'] }, 'type Practitioner.name[0]'],
    ['primitive companion that is no object', { _active: true }, 'type Practitioner.active'],
    ['companion of an object', { _name: [] }, 'unknown-element Practitioner._name'],
    [
      'companion item for nothing',
      { name: [{ given: ['A'], _given: [null, null] }] },
      'type Practitioner.name[0].given[1]'
    ],
    [
      'missing required',
      { qualification: [{ identifier: [{ value: '1' }] }] },
      'cardinality Practitioner.qualification[0].code'
    ]
  ])('%s', (_name, change, issue) => expect(errorsOf(with_(base, change))).toEqual([issue]))

  test.each([
    [
      'null paired with an extension',
      { name: [{ given: ['A', null], _given: [null, { extension: [{ url: 'http://x.org/e', valueCode: 'x' }] }] }] }
    ],
    ['an id beside a value', { birthDate: '1970', _birthDate: { id: 'a' } }],
    ['an id beside one of several values', { name: [{ given: ['A', 'B'], _given: [null, { id: 'b' }] }] }],
    [
      'primitive with extension only',
      {
        _birthDate: {
          extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }]
        }
      }
    ]
  ])('allowed: %s', (_name, change) => expect(errorsOf(with_(base, change))).toEqual([]))

  test.each([
    ['no object', 7, 'type Resource'],
    ['null', null, 'type Resource'],
    ['array', [], 'type Resource'],
    ['no type', { id: 'a' }, 'type Resource'],
    ['unknown type', { resourceType: 'Practitoner' }, 'type Resource'],
    ['a data type', { resourceType: 'HumanName', family: 'Lee' }, 'type Resource'],
    ['an abstract type', { resourceType: 'DomainResource' }, 'type Resource']
  ])('not a resource: %s', (_name, value, issue) => expect(errorsOf(value)).toEqual([issue]))

  test('a type that a choice element does not have is one fault', () => {
    const resource = { resourceType: 'Patient', multipleBirthString: 'twin' }
    const [issue] = validator.validate(resource)
    expect(errorsOf(resource)).toEqual(['unknown-element Patient.multipleBirthString'])
    expect(issue!.text).toContain('multipleBirthBoolean, multipleBirthInteger')
    const required = { entity: [{ detail: [{ type: 'x', valueInteger: 1 }] }] }
    expect(errorsOf({ resourceType: 'AuditEvent', ...required }).filter(each => each.includes('detail'))).toEqual([
      'unknown-element AuditEvent.entity[0].detail[0].valueInteger'
    ])
    expect(errorsOf(with_(base, { extension: [{ url: 'http://x.org/e', valuestring: 'x' }] }))).toEqual([
      'unknown-element Practitioner.extension[0].valuestring'
    ])
  })

  test.each([
    [{ identifier: [{ system: 'npi', value: '1' }] }, 'system-absolute Practitioner.identifier[0].system'],
    [
      { communication: [{ coding: [{ system: 'languages', code: 'en' }] }] },
      'system-absolute Practitioner.communication[0].coding[0].system'
    ]
  ])('a system is absolute: %j', (change, issue) => expect(errorsOf(with_(base, change))).toEqual([issue]))

  test('another type than asked for', () =>
    expect(errorsOf(base, { type: 'Organization' })).toEqual(['type Practitioner']))

  test('tells the nearest name', () => {
    const [issue] = validator.validate(with_(base, { name: [{ famly: 'Lee' }] }))
    expect(issue!.text).toContain('Did you mean "family"?')
  })

  test('structure is told apart from rules', () => {
    const stageOf = (change: object) =>
      validator.validate(with_(base, { ...change })).find(issue => issue.severity === 'error')!.stage
    expect(stageOf({ name: {} })).toBe('structure')
    expect(stageOf({ gender: 'x' })).toBe('rule')
  })
})

describe('choice elements', () => {
  const slotted = { resourceType: 'Practitioner', extension: [{ url: 'http://x.org/e', valueString: 'x' }] }
  test.each([
    [
      'two at once',
      [{ url: 'http://x.org/e', valueString: 'x', valueCode: 'x' }],
      'choice Practitioner.extension[0].value'
    ],
    [
      'wrong suffix',
      [{ url: 'http://x.org/e', valueText: 'x' }],
      'unknown-element Practitioner.extension[0].valueText'
    ],
    ['no suffix', [{ url: 'http://x.org/e', value: 'x' }], 'unknown-element Practitioner.extension[0].value']
  ])('%s', (_name, extension, issue) => expect(errorsOf(with_(slotted, { extension }))).toContain(issue))
})

test('nesting without end is refused', () => {
  let extension: object = { url: 'http://x.org/e', valueString: 'x' }
  for (let i = 0; i < 20_000; i++) extension = { url: 'http://x.org/e', extension: [extension] }
  expect(errorsOf({ resourceType: 'Practitioner', extension: [extension] })).toEqual([expect.stringMatching(/^depth /)])
})
