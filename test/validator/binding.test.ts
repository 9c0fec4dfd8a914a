/** https://hl7.org/fhir/R4/terminologies.html#strength */
import { describe, expect, test } from '@jest/globals'
import { createValidator } from '../../src/validator/index.js'
import { definitions, errorsOf, validator, type Json } from './fixture.js'

const DAYS = { availableTime: [{ daysOfWeek: ['mon', 'mo'] }] }
const money = (currency: string) => ({ extension: [{ url: 'http://x.org/e', valueMoney: { value: 1, currency } }] })
const speaking = (code: string) => ({ communication: [{ coding: [{ system: 'urn:ietf:bcp:47', code }] }] })
const TZ = 'http://hl7.org/fhir/StructureDefinition/tz-code'
const born = (zone: string) => ({
  birthDate: '1980-02-01',
  _birthDate: { extension: [{ url: TZ, valueCode: zone }] }
})
const photo = (contentType: string) => ({ photo: [{ contentType }] })

describe('required bindings', () => {
  test.each<[string, Json, string[]]>([
    ['code', { gender: 'f' }, ['binding Practitioner.gender']],
    ['code in a list', { name: [{ use: 'maiden' }, { use: 'mainden' }] }, ['binding Practitioner.name[1].use']],
    ['language', { language: 'de-AT' }, []],
    ['no such language', { language: 'xx' }, ['binding Practitioner.language']],
    ['language with blanks for hyphens', { language: 'de_AT' }, ['binding Practitioner.language']],
    ['spoken language', speaking('pt-BR'), []],
    [
      'spoken language of another form',
      speaking('Portuguese Brazil'),
      ['binding Practitioner.communication[0].coding[0].code']
    ],
    ['mime type', photo('image/svg+xml; charset=utf-8'), []],
    ['no mime type', photo('picture'), ['binding Practitioner.photo[0].contentType']],
    ['time zone', born('America/Argentina/Buenos_Aires'), []],
    ['no such time zone', born('Australia/Nowhere'), ['binding Practitioner.birthDate.extension[0].value']],
    ['offset for a time zone', born('+01:00'), ['binding Practitioner.birthDate.extension[0].value']],
    ['currency', money('EUR'), []],
    ['no such currency', money('EURO'), ['binding Practitioner.extension[0].value.currency']]
  ])('%s', (_name, change, issues) => expect(errorsOf({ resourceType: 'Practitioner', ...change })).toEqual(issues))

  test('each item of a list', () =>
    expect(errorsOf({ resourceType: 'PractitionerRole', ...DAYS })).toEqual([
      'binding PractitionerRole.availableTime[0].daysOfWeek[1]'
    ]))

  test('tell the codes when they are few, and the nearest', () => {
    const [issue] = validator.validate({ resourceType: 'Practitioner', gender: 'femal' })
    expect(issue).toMatchObject({ code: 'code-invalid', stage: 'rule' })
    expect(issue!.text).toMatch(/Did you mean "female"\?.*male, female, other, unknown/)
  })
})

describe('extensible bindings', () => {
  const location = (...coding: Json[]) => ({ resourceType: 'Location', type: [{ coding }] })
  const ROLES = 'http://terminology.hl7.org/CodeSystem/v3-RoleCode'
  const warnings = (resource: object) => validator.validate(resource).filter(({ rule }) => rule === 'binding')
  test('are warnings', () => {
    expect(warnings(location({ system: ROLES, code: 'HOSP' }))).toEqual([])
    expect(warnings(location({ system: ROLES, code: 'FTH' }))).toMatchObject([
      { severity: 'warning', expression: 'Location.type[0].coding[0].code' }
    ])
  })
  test('one coding of the set is enough, text alone is fine', () => {
    expect(warnings(location({ system: 'urn:x', code: '1' }, { system: ROLES, code: 'HOSP' }))).toEqual([])
    expect(warnings({ resourceType: 'Location', type: [{ text: 'x' }] })).toEqual([])
  })
})

describe('value sets', () => {
  const SYSTEM = 'http://x.org/cs'
  const include = [{ system: SYSTEM, filter: [{ property: 'concept', op: 'is-a', value: 'a' }] }]
  const conformance = (compose: Json, content = 'complete') => [
    {
      resourceType: 'CodeSystem',
      url: SYSTEM,
      status: 'active',
      content,
      concept: [{ code: 'a', concept: [{ code: 'aa' }, { code: 'ab' }] }, { code: 'b' }]
    },
    { resourceType: 'ValueSet', url: 'http://x.org/vs', status: 'active', compose },
    {
      resourceType: 'ValueSet',
      url: 'http://x.org/open',
      status: 'active',
      compose: { include: [{ system: 'http://x.org/tenant' }] }
    },
    {
      ...{
        resourceType: 'StructureDefinition',
        url: 'http://x.org/p',
        name: 'P',
        status: 'active',
        kind: 'resource',
        abstract: false,
        type: 'PractitionerRole',
        derivation: 'constraint'
      },
      baseDefinition: 'http://hl7.org/fhir/StructureDefinition/PractitionerRole',
      differential: {
        element: [
          {
            id: 'PractitionerRole.code',
            path: 'PractitionerRole.code',
            binding: { strength: 'required', valueSet: 'http://x.org/vs' }
          },
          {
            id: 'PractitionerRole.specialty',
            path: 'PractitionerRole.specialty',
            binding: { strength: 'required', valueSet: 'http://x.org/open' }
          }
        ]
      }
    }
  ]
  const role = (...codes: string[]) => ({
    resourceType: 'PractitionerRole',
    meta: { profile: ['http://x.org/p'] },
    code: codes.map(code => ({ coding: [{ system: SYSTEM, code }] }))
  })
  const refused = (compose: Json, content?: string) => {
    const issues = createValidator({ definitions, conformance: conformance(compose, content) }).validate(
      role('a', 'aa', 'b', 'c')
    )
    return issues
      .filter(({ rule }) => rule === 'binding')
      .map(({ expression }) => expression.replace(/.*code\[(\d)\].*/, '$1'))
      .join('')
  }
  test.each<[string, Json, string]>([
    ['all of a system', { include: [{ system: SYSTEM }] }, '3'],
    ['listed concepts', { include: [{ system: SYSTEM, concept: [{ code: 'b' }] }] }, '013'],
    ['is-a', { include }, '23'],
    [
      'descendent-of',
      { include: [{ system: SYSTEM, filter: [{ property: 'concept', op: 'descendent-of', value: 'a' }] }] },
      '023'
    ],
    ['exclude', { include, exclude: [{ system: SYSTEM, concept: [{ code: 'aa' }] }] }, '123'],
    [
      'another value set, as its own cut',
      { include: [{ system: SYSTEM, concept: [{ code: 'a' }], valueSet: ['http://x.org/vs2'] }] },
      ''
    ],
    ['a system that is not known here', { include: [{ system: 'http://x.org/other' }] }, '0123']
  ])('%s', (_name, compose, expected) => expect(refused(compose)).toBe(expected))

  test('a fragment proves nothing', () => expect(refused({ include: [{ system: SYSTEM }] }, 'fragment')).toBe(''))

  test('the caller knows codes of his own', () => {
    const own = createValidator({ definitions, conformance: conformance({ include }) })
    const resource = {
      resourceType: 'PractitionerRole',
      meta: { profile: ['http://x.org/p'] },
      specialty: [{ coding: [{ system: 'http://x.org/tenant', code: 'x' }] }]
    }
    const find = (hasCode?: (system: string, code: string) => boolean) =>
      own.validate(resource, { ...(hasCode && { hasCode }) }).filter(({ rule }) => rule === 'binding')
    expect(find()).toEqual([])
    expect(find(() => true)).toEqual([])
    expect(find(() => false)).toMatchObject([{ expression: 'PractitionerRole.specialty[0].coding[0].code' }])
  })
})

test("severities are the caller's to change", () => {
  const resource = { resourceType: 'Practitioner', gender: 'f' }
  const graded = validator.validate(resource, {
    severity: ({ rule, severity }) => (rule === 'binding' ? 'warning' : rule === 'dom-6' ? 'off' : severity)
  })
  expect(graded.map(({ rule, severity }) => [rule, severity])).toEqual([['binding', 'warning']])
})
