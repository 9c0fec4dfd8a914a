/** Values, types, targets and inheritance in profiles; definitions that cannot be used. */
import { describe, expect, test } from '@jest/globals'
import { createValidator } from '../../src/validator/index.js'
import { definitions, type Json } from './fixture.js'
import { check, CORE, profile, sliced, URL } from './made-profile.js'

describe('values, types, targets', () => {
  const one = (element: Json, resource: Json, type = 'Practitioner') =>
    check(type, [{ id: element.path, ...element }], resource)
  test.each<[string, Json, Json, string[]]>([
    ['fixed', { path: 'Practitioner.gender', fixedCode: 'female' }, { gender: 'male' }, ['fixed Practitioner.gender']],
    [
      'fixed, all of it',
      { path: 'Practitioner.name', fixedHumanName: { family: 'Lee' } },
      { name: [{ family: 'Lee', given: ['Ann'] }] },
      ['fixed Practitioner.name[0]']
    ],
    [
      'pattern, the part at fault',
      { path: 'Practitioner.identifier', patternIdentifier: { type: { coding: [{ code: 'NPI' }] } } },
      { identifier: [{ type: { coding: [{ code: 'AN' }] } }] },
      ['pattern Practitioner.identifier[0].type.coding[0].code']
    ],
    [
      'pattern, among others',
      { path: 'Practitioner.name', patternHumanName: { given: ['Ann'] } },
      { name: [{ given: ['Bea', 'Ann'] }] },
      []
    ],
    [
      'prohibited',
      { path: 'Practitioner.photo', max: '0' },
      { photo: [{ title: 'x' }] },
      ['cardinality Practitioner.photo[0]']
    ],
    [
      'at most two',
      { path: 'Practitioner.name', max: '2' },
      { name: [{ text: 'a' }, { text: 'b' }, { text: 'c' }] },
      ['cardinality Practitioner.name[2]']
    ],
    [
      'constraint by fhirpath',
      {
        path: 'Practitioner.name',
        constraint: [{ key: 'x-1', severity: 'error', human: 'Short', expression: 'family.length() < 4' }]
      },
      { name: [{ family: 'Lee' }, { family: 'Leeds' }] },
      ['x-1 Practitioner.name[1]']
    ],
    [
      'constraint on a primitive',
      {
        path: 'Practitioner.birthDate',
        constraint: [{ key: 'x-2', severity: 'error', human: 'Old', expression: "toString() < '2000'" }]
      },
      { birthDate: '2001' },
      ['x-2 Practitioner.birthDate']
    ]
  ])('%s', (_name, element, resource, issues) => expect(one(element, resource)).toEqual(issues))

  test('type of a choice', () => {
    const element = { path: 'Parameters.parameter.value[x]', type: [{ code: 'string' }] }
    expect(one(element, { parameter: [{ name: 'a', valueCode: 'x' }] }, 'Parameters')).toEqual([
      'type Parameters.parameter[0].value'
    ])
  })
  test('target of a reference, and the profile of a contained one', () => {
    const named = {
      ...profile('Organization', [{ id: 'Organization.name', path: 'Organization.name', min: 1 }]),
      url: 'http://x.org/named'
    }
    const element = {
      id: 'Schedule.actor',
      path: 'Schedule.actor',
      type: [{ code: 'Reference', targetProfile: [`${CORE}Location`, 'http://x.org/located'] }]
    }
    const located = {
      ...profile('HealthcareService', [
        { id: 'HealthcareService.location', path: 'HealthcareService.location', min: 1 }
      ]),
      url: 'http://x.org/located'
    }
    const errors = (resource: Json) => check('Schedule', [element], resource, [named, located])
    expect(errors({ actor: [{ reference: 'Location/1' }, { reference: 'HealthcareService/1' }] })).toEqual([])
    expect(errors({ actor: [{ reference: 'Practitioner/1' }] })).toEqual([
      'reference-target Schedule.actor[0].reference'
    ])
    expect(
      errors({ actor: [{ reference: '#s' }], contained: [{ resourceType: 'HealthcareService', id: 's', name: 'x' }] })
    ).toEqual(['reference-target Schedule.actor[0].reference'])
  })
  test('a derived profile goes on from its base', () => {
    const base = {
      ...profile('Practitioner', [{ id: 'Practitioner.name', path: 'Practitioner.name', min: 1 }]),
      url: 'http://x.org/base'
    }
    const derived = profile('Practitioner', [{ id: 'Practitioner.gender', path: 'Practitioner.gender', min: 1 }], {
      baseDefinition: 'http://x.org/base'
    })
    const validator = createValidator({ definitions, conformance: [derived, base] })
    const errors = validator
      .validate({ resourceType: 'Practitioner', meta: { profile: [URL] } })
      .filter(({ severity }) => severity === 'error')
    expect(errors.map(({ expression }) => expression)).toEqual(['Practitioner.name', 'Practitioner.gender'])
  })
  test('a snapshot serves where there is no differential', () => {
    const validator = createValidator({
      definitions,
      conformance: [
        profile('Practitioner', [], {
          differential: undefined,
          snapshot: {
            element: [
              { id: 'Practitioner', path: 'Practitioner' },
              { id: 'Practitioner.name', path: 'Practitioner.name', min: 1, max: '*' }
            ]
          }
        })
      ]
    })
    expect(validator.validate({ resourceType: 'Practitioner' }, { profiles: [URL] }).map(({ rule }) => rule)).toContain(
      'cardinality'
    )
  })
})

describe('where what is referred to may be', () => {
  const organization = (aggregation: string[]) => [
    {
      path: 'PractitionerRole.organization',
      type: [{ code: 'Reference', targetProfile: [`${CORE}Organization`], aggregation }]
    }
  ]
  const contained = {
    contained: [{ resourceType: 'Organization', id: 'o', name: 'x' }],
    organization: { reference: '#o' }
  }
  const remote = { organization: { reference: 'Organization/1' } }
  const FAULT = ['aggregation PractitionerRole.organization.reference']
  test.each<[string[], Json, string[]]>([
    [['contained'], contained, []],
    [['contained'], remote, FAULT],
    [['referenced'], remote, []],
    [['referenced', 'bundled'], contained, FAULT]
  ])('%j', (aggregation, resource, errors) =>
    expect(check('PractitionerRole', organization(aggregation), resource)).toEqual(errors)
  )
})

test('a type of reference that a profile leaves out is told at the type', () => {
  const actor = [{ path: 'Schedule.actor', type: [{ code: 'Reference', targetProfile: [`${CORE}Practitioner`] }] }]
  expect(check('Schedule', actor, { actor: [{ type: 'Location', display: 'x' }] })).toEqual([
    'reference-target Schedule.actor[0].type'
  ])
})

describe('definitions that cannot be used', () => {
  const identifier = { id: 'Practitioner.identifier', path: 'Practitioner.identifier' }
  test.each<[string, Json, RegExp]>([
    [
      'unknown element',
      profile('Practitioner', [{ id: 'Practitioner.nmae', path: 'Practitioner.nmae' }]),
      /x\.org\/profile: Practitioner\.nmae/
    ],
    ['unknown type', profile('Practitoner', []), /Practitoner/],
    ['unknown base', profile('Practitioner', [], { baseDefinition: 'http://x.org/none' }), /http:\/\/x\.org\/none/],
    ['nothing but a name', profile('Practitioner', [], { differential: undefined }), /differential/],
    [
      'constraint that is not FHIRPath',
      profile('Practitioner', [
        { ...identifier, constraint: [{ key: 'x', severity: 'error', human: 'x', expression: 'a b c(' }] }
      ]),
      /Practitioner\.identifier/
    ],
    [
      'slice that says nothing',
      profile('Practitioner', [
        { ...identifier, slicing: sliced('value', 'system') },
        { ...identifier, id: 'Practitioner.identifier:a', sliceName: 'a' }
      ]),
      /Practitioner\.identifier:a/
    ],
    ['circle', profile('Practitioner', [], { baseDefinition: URL }), /circle/],
    ['no url', { resourceType: 'ValueSet', id: 'v', status: 'active' }, /no url/]
  ])('%s', (_name, definition, message) =>
    expect(() => createValidator({ definitions, conformance: [definition] })).toThrow(message)
  )
})
