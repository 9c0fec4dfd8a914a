/** The profiles of this project, on the clinical user of seed 004. */
import { describe, expect, test } from '@jest/globals'
import {
  clinicalUser,
  definitions,
  errorsOf,
  HG,
  HG_EXTENSION,
  practitioner,
  US_CORE,
  validator,
  with_,
  type Json
} from './fixture.js'

/** The role with a change in its practitioner. */
const holding = (change: Json) => with_(clinicalUser, { contained: [{ ...practitioner, ...change }] })
const IN = 'PractitionerRole.contained[0]'
const identifier = practitioner.identifier as Json[]
const [npi, account] = identifier as [Json, Json]
const TAGS = 'https://www.healthgorilla.com'
const tagged = (code: string) =>
  with_(clinicalUser, { meta: { profile: [`${HG}hg-user`], tag: [{ system: TAGS, code }] } })

describe('hg-user', () => {
  test('as sent at creation', () => expect(errorsOf(clinicalUser)).toEqual([]))
  test('as stored', () => {
    const stored = with_(clinicalUser, { practitioner: { reference: 'Practitioner/1' } })
    delete stored.contained
    expect(errorsOf(stored)).toEqual([])
  })

  test.each([
    ['no code', with_(clinicalUser, { code: undefined }), 'cardinality PractitionerRole.code'],
    ['no administrative role', with_(clinicalUser, { code: [{ text: 'x' }] }), 'hg-user-1 PractitionerRole'],
    ['unknown tag', tagged('NO_SUBCRIPTIONS'), 'binding PractitionerRole.meta.tag[0].code'],
    [
      'no practitioner',
      with_(clinicalUser, { practitioner: undefined, contained: undefined }),
      'cardinality PractitionerRole.practitioner'
    ]
  ])('%s', (_name, role, issue) => expect(errorsOf(JSON.parse(JSON.stringify(role)))).toEqual([issue]))

  test('names the nearest tag', () => {
    const issue = validator.validate(tagged('NO_SUBCRIPTIONS')).find(({ severity }) => severity === 'error')!
    expect(issue.text).toContain('Did you mean "NO_SUBSCRIPTIONS"?')
    expect(issue).toMatchObject({
      profile: `${HG}hg-user`,
      slice: 'healthGorilla',
      stage: 'rule',
      code: 'code-invalid'
    })
  })
  test('tags of other systems are free', () => {
    const meta = { profile: [`${HG}hg-user`], tag: [{ system: 'http://x.org', code: 'x' }] }
    expect(errorsOf(with_(clinicalUser, { meta }))).toEqual([])
  })
})

describe('the contained practitioner', () => {
  test.each([
    ['nine digits', { identifier: [{ ...npi, value: '123456789' }] }, `us-core-16 ${IN}.identifier[0].value`],
    ['wrong check digit', { identifier: [{ ...npi, value: '1234567890' }] }, `us-core-17 ${IN}.identifier[0].value`],
    [
      'identifier without system',
      { identifier: [npi, { ...account, system: undefined }] },
      `cardinality ${IN}.identifier[1].system`
    ],
    ['no identifier', { identifier: undefined }, `cardinality ${IN}.identifier`],
    ['no family name', { name: [{ text: 'Ann' }] }, `cardinality ${IN}.name[0].family`],
    [
      'two logins',
      { extension: ['a', 'b'].map(valueString => ({ url: `${HG_EXTENSION}hg-practitioner-login`, valueString })) },
      `slice ${IN}.extension[1]`
    ],
    [
      'login of another type',
      { extension: [{ url: `${HG_EXTENSION}hg-practitioner-login`, valueCode: 'ann' }] },
      `type ${IN}.extension[0].value`
    ],
    [
      'five lines of address',
      { address: [{ line: ['1', '2', '3', '4', '5'] }] },
      `cardinality ${IN}.address[0].line[4]`
    ]
  ])('%s', (_name, change, issue) => expect(errorsOf(JSON.parse(JSON.stringify(holding(change))))).toEqual([issue]))

  test('is not held to profiles that it does not claim', () => {
    expect(errorsOf(holding({ meta: undefined, identifier: [{ value: '1' }], name: undefined }))).toEqual([])
  })
  test('both spellings of the login are known', () => {
    const url = 'https://www.healthgorilla.com/fhir/StructureDefinition/hg-practitioner-login'
    const issues = validator.validate(holding({ extension: [{ url, valueString: 'ann' }] }))
    expect(issues.filter(({ rule }) => rule.startsWith('extension'))).toEqual([])
  })
  test('no text quotes a password, however wrong it is', () => {
    const url = `${HG_EXTENSION}hg-practitioner-password`
    const wrong = [
      { valueString: '' },
      { valueCode: ' sesame ' },
      { valueDate: 'sesame' },
      { valueInteger: 'sesame' },
      { valueCoding: { code: 'sesame ' } }
    ]
    for (const value of wrong)
      expect(JSON.stringify(validator.validate(holding({ extension: [{ url, ...value }] })))).not.toContain('sesame')
  })
})

describe('the other profiles', () => {
  const C = 'https://locum.example/fhir'
  const claiming = (resource: Json, profile: string) => ({ ...resource, meta: { profile: [profile] } })
  const tenant = {
    resourceType: 'Organization',
    name: 'North',
    identifier: [{ system: `${C}/sid/slug`, value: 'north' }]
  }
  const role = {
    resourceType: 'PractitionerRole',
    practitioner: { reference: 'Practitioner/1' },
    telecom: [{ system: 'phone', value: '1' }]
  }
  test.each([
    ['tenant', claiming(tenant, `${C}/StructureDefinition/tenant`), []],
    [
      'tenant without slug',
      claiming({ ...tenant, identifier: [{ value: 'x' }] }, `${C}/StructureDefinition/tenant`),
      ['slice Organization.identifier']
    ],
    [
      'tenant with a bad slug',
      claiming(
        { ...tenant, identifier: [{ system: `${C}/sid/slug`, value: 'North!' }] },
        `${C}/StructureDefinition/tenant`
      ),
      ['tenant-1 Organization.identifier[0].value']
    ],
    ['user-account', claiming(role, `${C}/StructureDefinition/user-account`), []],
    ['us-core role', claiming(role, `${US_CORE}us-core-practitionerrole`), []],
    [
      'us-core role of nobody',
      claiming({ ...role, practitioner: undefined }, `${US_CORE}us-core-practitionerrole`),
      ['us-core-13 PractitionerRole']
    ],
    [
      'us-core role without contact',
      claiming({ ...role, telecom: undefined }, `${US_CORE}us-core-practitionerrole`),
      ['pd-1 PractitionerRole']
    ],
    [
      'us-core organization',
      claiming({ resourceType: 'Organization' }, `${US_CORE}us-core-organization`),
      ['cardinality Organization.active', 'cardinality Organization.name']
    ],
    [
      'CLIA number',
      claiming(
        {
          resourceType: 'Organization',
          active: true,
          name: 'x',
          identifier: [{ system: 'urn:oid:2.16.840.1.113883.4.7', value: '1' }]
        },
        `${US_CORE}us-core-organization`
      ),
      ['us-core-18 Organization.identifier[0].value']
    ],
    [
      'us-core location',
      claiming({ resourceType: 'Location' }, `${US_CORE}us-core-location`),
      ['cardinality Location.name']
    ]
  ])('%s', (_name, resource, issues) => expect(errorsOf(JSON.parse(JSON.stringify(resource)))).toEqual(issues))
})

describe('claims', () => {
  const claiming = (...profile: string[]) => ({ resourceType: 'Practitioner', meta: { profile } })
  const find = (resource: Json, unknownProfile?: 'error') =>
    validator
      .validate(resource, { ...(unknownProfile && { unknownProfile }) })
      .filter(({ rule }) => rule.startsWith('profile-'))

  test('an unknown profile is told once, with the nearest one', () => {
    const [issue, ...more] = find(claiming(`${HG}hg-practitoner`, `${HG}hg-practitoner`))
    expect(more).toEqual([])
    expect(issue).toMatchObject({ severity: 'warning', code: 'not-found', expression: 'Practitioner.meta.profile[0]' })
    expect(issue!.text).toContain(`Did you mean "${HG}hg-practitioner"?`)
    expect(find(claiming('http://x.org/p'), 'error')[0]!.severity).toBe('error')
  })
  test('a profile of another type', () => {
    expect(find(claiming(`${HG}hg-user`))[0]).toMatchObject({
      severity: 'error',
      expression: 'Practitioner.meta.profile[0]'
    })
  })
  test('a version that is not here is not known', () => {
    expect(find(claiming('http://hl7.org/fhir/StructureDefinition/Practitioner|4.0.1'))).toEqual([])
    expect(find(claiming('http://hl7.org/fhir/StructureDefinition/Practitioner|5.0.0'))).toHaveLength(1)
  })
  test('profiles asked for are checked beside those claimed', () => {
    const plain = { resourceType: 'Practitioner', name: [{ family: 'Lee' }] }
    expect(errorsOf(plain, { profiles: [`${US_CORE}us-core-practitioner`] })).toEqual([
      'cardinality Practitioner.identifier'
    ])
  })
  test('profilesFor lists the profiles of a type', () => {
    expect(validator.profilesFor('Location')).toEqual([`${US_CORE}us-core-location`])
    expect(validator.types).toEqual(definitions.resourceTypes)
  })
})
