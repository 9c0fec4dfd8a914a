/** https://hl7.org/fhir/R4/profiling.html#slicing */
import { describe, expect, test } from '@jest/globals'
import type { Json } from './fixture.js'
import { check, CORE, profile, sliced } from './made-profile.js'

describe('identifiers by value', () => {
  const elements = (rules: string, more: Json = {}) => [
    { id: 'Practitioner.identifier', path: 'Practitioner.identifier', slicing: sliced('value', 'system', rules, more) },
    { id: 'Practitioner.identifier:a', path: 'Practitioner.identifier', sliceName: 'a', min: 1, max: '1' },
    { id: 'Practitioner.identifier:a.system', path: 'Practitioner.identifier.system', min: 1, fixedUri: 'urn:a' },
    { id: 'Practitioner.identifier:a.value', path: 'Practitioner.identifier.value', min: 1 },
    { id: 'Practitioner.identifier:b', path: 'Practitioner.identifier', sliceName: 'b' },
    { id: 'Practitioner.identifier:b.system', path: 'Practitioner.identifier.system', min: 1, fixedUri: 'urn:b' }
  ]
  const of = (...systems: string[]) => ({ identifier: systems.map(system => ({ system, value: '1' })) })

  test.each([
    ['open', of('urn:a', 'urn:b', 'urn:c'), []],
    ['open', of('urn:b'), ['slice Practitioner.identifier a']],
    ['open', {}, ['slice Practitioner.identifier a']],
    ['open', of('urn:a', 'urn:b', 'urn:a'), ['slice Practitioner.identifier[2] a']],
    ['open', { identifier: [{ system: 'urn:a', use: 'usual' }] }, ['cardinality Practitioner.identifier[0].value']],
    ['closed', of('urn:a', 'urn:c'), ['slice Practitioner.identifier[1]']],
    ['openAtEnd', of('urn:a', 'urn:c', 'urn:b'), ['slice Practitioner.identifier[1]']],
    ['openAtEnd', of('urn:a', 'urn:b', 'urn:c'), []]
  ])('%s %j', (rules, resource, issues) => expect(check('Practitioner', elements(rules), resource)).toEqual(issues))

  test('ordered', () => {
    expect(check('Practitioner', elements('open', { ordered: true }), of('urn:a', 'urn:b'))).toEqual([])
    expect(check('Practitioner', elements('open', { ordered: true }), of('urn:b', 'urn:a'))).toEqual([
      'slice Practitioner.identifier[1] a'
    ])
  })
})

describe('other discriminators', () => {
  test('pattern, on codings within a concept, nested in the slice of another list', () => {
    const elements = [
      { id: 'PractitionerRole.code', path: 'PractitionerRole.code', min: 1 },
      { id: 'PractitionerRole.code.coding', path: 'PractitionerRole.code.coding', slicing: sliced('pattern', '$this') },
      {
        id: 'PractitionerRole.code.coding:x',
        path: 'PractitionerRole.code.coding',
        sliceName: 'x',
        min: 1,
        patternCoding: { system: 'urn:x' }
      },
      { id: 'PractitionerRole.code.coding:x.code', path: 'PractitionerRole.code.coding.code', min: 1 }
    ]
    expect(check('PractitionerRole', elements, { code: [{ coding: [{ system: 'urn:x', code: '1' }] }] })).toEqual([])
    expect(check('PractitionerRole', elements, { code: [{ coding: [{ system: 'urn:y', code: '1' }] }] })).toEqual([
      'slice PractitionerRole.code[0].coding x'
    ])
    expect(check('PractitionerRole', elements, { code: [{ coding: [{ system: 'urn:x', display: '1' }] }] })).toEqual([
      'cardinality PractitionerRole.code[0].coding[0].code'
    ])
  })

  test('exists', () => {
    const elements = [
      { id: 'Practitioner.telecom', path: 'Practitioner.telecom', slicing: sliced('exists', 'period') },
      { id: 'Practitioner.telecom:dated', path: 'Practitioner.telecom', sliceName: 'dated' },
      { id: 'Practitioner.telecom:dated.period', path: 'Practitioner.telecom.period', min: 1 },
      { id: 'Practitioner.telecom:dated.use', path: 'Practitioner.telecom.use', min: 1 },
      { id: 'Practitioner.telecom:plain', path: 'Practitioner.telecom', sliceName: 'plain', max: '1' },
      { id: 'Practitioner.telecom:plain.period', path: 'Practitioner.telecom.period', max: '0' }
    ]
    expect(
      check('Practitioner', elements, { telecom: [{ period: { start: '2024' } }, { use: 'work' }, { use: 'home' }] })
    ).toEqual(['cardinality Practitioner.telecom[0].use', 'slice Practitioner.telecom[2] plain'])
  })

  test('type, of a choice', () => {
    const elements = [
      { id: 'Parameters.parameter', path: 'Parameters.parameter' },
      { id: 'Parameters.parameter.value[x]', path: 'Parameters.parameter.value[x]', slicing: sliced('type', '$this') },
      {
        id: 'Parameters.parameter.value[x]:valueString',
        path: 'Parameters.parameter.value[x]',
        sliceName: 'valueString',
        type: [{ code: 'string' }],
        maxLength: 3
      }
    ]
    expect(
      check('Parameters', elements, {
        parameter: [
          { name: 'a', valueString: 'abcd' },
          { name: 'b', valueCode: 'abcd' }
        ]
      })
    ).toEqual(['length Parameters.parameter[0].value valueString'])
  })

  test('type, of what a reference points to', () => {
    const elements = [
      { id: 'Schedule.actor', path: 'Schedule.actor', slicing: sliced('type', 'resolve()') },
      {
        id: 'Schedule.actor:place',
        path: 'Schedule.actor',
        sliceName: 'place',
        min: 1,
        max: '1',
        type: [{ code: 'Reference', targetProfile: [`${CORE}Location`] }]
      }
    ]
    expect(
      check('Schedule', elements, { actor: [{ reference: 'Location/1' }, { reference: 'Practitioner/1' }] })
    ).toEqual([])
    expect(check('Schedule', elements, { actor: [{ reference: 'Practitioner/1' }] })).toEqual([
      'slice Schedule.actor place'
    ])
  })

  test('profile', () => {
    const named = {
      ...profile('Organization', [{ id: 'Organization.name', path: 'Organization.name', min: 1 }]),
      url: 'http://x.org/named'
    }
    const elements = [
      { id: 'PractitionerRole.contained', path: 'PractitionerRole.contained', slicing: sliced('profile', '$this') },
      {
        id: 'PractitionerRole.contained:named',
        path: 'PractitionerRole.contained',
        sliceName: 'named',
        min: 1,
        type: [{ code: 'Organization', profile: ['http://x.org/named'] }]
      }
    ]
    const role = (organization: Json) => ({
      organization: { reference: '#o' },
      contained: [{ resourceType: 'Organization', id: 'o', ...organization }]
    })
    expect(check('PractitionerRole', elements, role({ name: 'x' }), [named])).toEqual([])
    expect(check('PractitionerRole', elements, role({ identifier: [{ value: '1' }] }), [named])).toEqual([
      'slice PractitionerRole.contained named'
    ])
  })

  test('binding', () => {
    const valueSet = {
      resourceType: 'ValueSet',
      url: 'http://x.org/vs',
      status: 'active',
      compose: { include: [{ system: 'urn:x', concept: [{ code: 'a' }] }] }
    }
    const elements = [
      { id: 'PractitionerRole.specialty', path: 'PractitionerRole.specialty', slicing: sliced('value', '$this') },
      {
        id: 'PractitionerRole.specialty:x',
        path: 'PractitionerRole.specialty',
        sliceName: 'x',
        min: 1,
        binding: { strength: 'required', valueSet: 'http://x.org/vs' }
      }
    ]
    expect(
      check('PractitionerRole', elements, { specialty: [{ coding: [{ system: 'urn:x', code: 'a' }] }] }, [valueSet])
    ).toEqual([])
    expect(
      check('PractitionerRole', elements, { specialty: [{ coding: [{ system: 'urn:x', code: 'b' }] }] }, [valueSet])
    ).toEqual(['slice PractitionerRole.specialty x'])
  })

  test('without ids, by paths and slice names alone', () => {
    const elements = [
      { path: 'Practitioner.identifier', slicing: sliced('value', 'system') },
      { path: 'Practitioner.identifier', sliceName: 'a', min: 1 },
      { path: 'Practitioner.identifier.system', min: 1, fixedUri: 'urn:a' },
      { path: 'Practitioner.name', min: 1 }
    ]
    expect(check('Practitioner', elements, { identifier: [{ system: 'urn:b' }] })).toEqual([
      'slice Practitioner.identifier a',
      'cardinality Practitioner.name'
    ])
  })
})
