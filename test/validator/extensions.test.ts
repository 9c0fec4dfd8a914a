/** https://hl7.org/fhir/R4/extensibility.html */
import { describe, expect, test } from '@jest/globals'
import { definitions, errorsOf, validator, type Json } from './fixture.js'

const C = 'https://locum.example/fhir/StructureDefinition/'
const HL7 = 'http://hl7.org/fhir/StructureDefinition/'
const on = (resourceType: string, extension: Json) => ({
  resourceType,
  ...(resourceType === 'Schedule' && { actor: [{ reference: 'Location/1' }] }),
  extension: [extension]
})
const part = (url: string, value: Json) => ({ url, ...value })
const during = part('period', { valuePeriod: { start: '2024-01-01' } })

describe('against their definitions', () => {
  test.each<[string, object, string[]]>([
    ['simple', on('Schedule', { url: `${C}slot-minutes`, valuePositiveInt: 20 }), []],
    [
      'another type',
      on('Schedule', { url: `${C}slot-minutes`, valueString: '20' }),
      ['type Schedule.extension[0].value']
    ],
    [
      'another place',
      on('Location', { url: `${C}slot-minutes`, valuePositiveInt: 20 }),
      ['extension-context Location.extension[0]']
    ],
    [
      'code outside of the value set',
      on('Practitioner', { url: `${C}practitioner-status`, valueCode: 'away' }),
      ['binding Practitioner.extension[0].value']
    ],
    ['complex', on('Location', { url: `${C}closure`, extension: [during] }), []],
    [
      'missing part',
      on('Location', { url: `${C}closure`, extension: [part('description', { valueString: 'x' })] }),
      ['slice Location.extension[0].extension']
    ],
    [
      'part of another type',
      on('Location', { url: `${C}closure`, extension: [part('period', { valueDate: '2024' })] }),
      ['type Location.extension[0].extension[0].value']
    ],
    [
      'misspelt part, which is not missed as well',
      on('Location', { url: `${C}closure`, extension: [part('perio', { valuePeriod: { start: '2024-01-01' } })] }),
      ['extension-part Location.extension[0].extension[0].url']
    ],
    [
      'part too often',
      on('Location', { url: `${C}closure`, extension: [during, during] }),
      ['slice Location.extension[0].extension[1]']
    ],
    [
      'value beside parts',
      on('Location', { url: `${C}closure`, valueString: 'x' }),
      ['cardinality Location.extension[0].value']
    ],
    [
      'of the specification',
      {
        resourceType: 'Location',
        address: {
          extension: [
            {
              url: `${HL7}geolocation`,
              extension: [part('latitude', { valueDecimal: 1 }), part('longitude', { valueDecimal: 2 })]
            }
          ]
        }
      },
      []
    ],
    [
      'of the specification, elsewhere',
      on('Location', {
        url: `${HL7}geolocation`,
        extension: [part('latitude', { valueDecimal: 1 }), part('longitude', { valueDecimal: 2 })]
      }),
      ['extension-context Location.extension[0]']
    ],
    [
      'reference to another type',
      on('HealthcareService', { url: `${C}service-provider`, valueReference: { reference: 'Practitioner/1' } }),
      ['reference-target HealthcareService.extension[0].value.reference']
    ],
    ['no url', on('Location', { valueString: 'x' }), ['cardinality Location.extension[0].url']],
    ['relative url', on('Location', { url: 'closure', valueString: 'x' }), ['extension-url Location.extension[0].url']]
  ])('%s', (_name, resource, issues) => expect(errorsOf(resource)).toEqual(issues))

  test('unknown part', () => {
    const errors = errorsOf(
      on('Location', { url: `${C}closure`, extension: [during, part('descripton', { valueString: 'x' })] })
    )
    expect(errors).toEqual(['extension-part Location.extension[0].extension[1].url'])
  })
})

describe('unknown ones', () => {
  const unknown = { url: 'http://x.org/e', valueString: 'x' }
  test('are warned of', () => {
    const issues = validator.validate(on('Location', unknown)).filter(({ rule }) => rule === 'extension-unknown')
    expect(issues.map(({ severity, expression }) => [severity, expression])).toEqual([
      ['warning', 'Location.extension[0].url']
    ])
  })
  test('are refused as modifiers', () => {
    expect(errorsOf({ resourceType: 'Location', modifierExtension: [unknown] })).toEqual([
      'extension-unknown Location.modifierExtension[0].url'
    ])
  })
  test('a modifier stands among modifiers', () => {
    const never = { url: `${HL7}request-doNotPerform`, valueBoolean: true }
    const PLACE = 'extension-modifier NutritionOrder.extension[0]'
    expect(errorsOf({ resourceType: 'NutritionOrder', extension: [never] })).toContain(PLACE)
    expect(errorsOf({ resourceType: 'NutritionOrder', modifierExtension: [never] }).join()).not.toContain('extension-')
  })
  test('a modifier is not an ordinary extension put elsewhere', () => {
    const closure = { url: `${C}closure`, extension: [during] }
    expect(errorsOf({ resourceType: 'Location', modifierExtension: [closure] })).toEqual([
      'extension-modifier Location.modifierExtension[0]'
    ])
  })
})

test('an extension stands as often as its definition allows', () => {
  const species = (text: string) => ({
    url: 'http://hl7.org/fhir/StructureDefinition/practitioner-animalSpecies',
    valueCodeableConcept: { text }
  })
  expect(errorsOf({ resourceType: 'Practitioner', extension: [species('a')] })).toEqual([])
  expect(errorsOf({ resourceType: 'Practitioner', extension: [species('a'), species('b')] })).toEqual([
    'cardinality Practitioner.extension[1]'
  ])
})

test('below a value of any type too', () => {
  const ordinal = (valueDecimal: number) => ({
    url: 'http://hl7.org/fhir/StructureDefinition/ordinalValue',
    valueDecimal
  })
  const valueCoding = { system: 'http://x.org/cs', code: 'a', extension: [ordinal(1), ordinal(2)] }
  expect(errorsOf({ resourceType: 'Practitioner', extension: [{ url: 'http://x.org/e', valueCoding }] })).toEqual([
    'cardinality Practitioner.extension[0].value.extension[1]'
  ])
})

test('parts where there must be a value are one fault', () =>
  expect(
    errorsOf({
      resourceType: 'Schedule',
      actor: [{ reference: 'Location/1' }],
      extension: [
        {
          url: 'https://locum.example/fhir/StructureDefinition/slot-minutes',
          extension: [{ url: 'minutes', valuePositiveInt: 5 }]
        }
      ]
    })
  ).toEqual(['cardinality Schedule.extension[0].extension[0]']))

test('a value where there must be parts is one fault', () =>
  expect(
    errorsOf({
      resourceType: 'Schedule',
      actor: [{ reference: 'Location/1' }],
      extension: [{ url: 'https://locum.example/fhir/StructureDefinition/schedule-hours', valueString: 'nine to five' }]
    })
  ).toEqual(['cardinality Schedule.extension[0].value']))

test('all extensions of the specification can be used', () => {
  const urls = definitions.urls.filter(
    url => (definitions.get(url) as unknown as Json).type === 'Extension' && !url.endsWith('/Extension')
  )
  expect(urls.length).toBeGreaterThan(350)
  for (const url of urls)
    expect(() =>
      validator.validate({ resourceType: 'Basic', code: { text: 'x' }, extension: [{ url, valueString: 'x' }] })
    ).not.toThrow()
})
