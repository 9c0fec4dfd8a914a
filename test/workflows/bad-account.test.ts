/** A wrong account is refused by an OperationOutcome that tells place and remedy, and no row is written. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { Practitioner } from 'fhir/r4.js'
import type { Test } from 'supertest'
import { CROWD, ORGANIZATIONS, PERSONS } from '../../seeds/demo/directory.js'
import { clinicalUser, login, password, userAccount, type AccountRole } from '../support/account.js'
import { refusal, type Refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
let before: Record<string, string>
beforeAll(async () => {
  server = await testServer({ environment: { BODY_LIMIT: '20kb' } })
  await server.sql(
    `insert into users (id, username, email, phone_e164) values ('au', 'kim', 'kim@au.example', '+15185550199')`
  )
  await server.sql(`insert into memberships (tenant_id, id, user_id) values ('demo-au', 'kim', 'au')`)
})
afterAll(() => server?.close())
beforeEach(async () => {
  before = await contents(server.sql)
})
afterEach(async () => {
  expect(await contents(server.sql)).toEqual(before)
})

type Expected = Omit<Refusal, 'text'> & { text: RegExp }
async function refuses(answer: Test, expected: Expected): Promise<void> {
  expect(refusal(await answer)).toEqual({ ...expected, text: expect.stringMatching(expected.text) })
}

const account = (change?: (role: AccountRole, practitioner: Practitioner) => void): AccountRole => {
  const role = clinicalUser(CROWD[0]!, { password: 'a password of nobody' })
  change?.(role, role.contained[0])
  return role
}
const CONTAINED = 'PractitionerRole.contained'
const refused = { status: 422, code: 'business-rule' }
const broken = { status: 422, code: 'invariant' }

describe('an account', () => {
  const cases: [string, AccountRole, Expected][] = [
    [
      'without a contained Practitioner',
      account(role => delete (role as { contained?: unknown }).contained),
      {
        status: 422,
        code: 'invariant',
        expression: 'PractitionerRole.practitioner.reference',
        text: /no contained .*"pr"/
      }
    ],
    [
      'without any practitioner',
      account(role => {
        delete (role as { contained?: unknown }).contained
        delete role.practitioner
      }),
      { status: 422, code: 'required', expression: 'PractitionerRole.practitioner', text: /required/ }
    ],
    [
      'whose practitioner.reference points nowhere',
      account(role => (role.practitioner = { reference: '#other' })),
      {
        status: 422,
        code: 'invariant',
        expression: 'PractitionerRole.practitioner.reference',
        text: /no contained .*"other"/
      }
    ],
    [
      'that refers to a practitioner in place of one contained',
      account(role => (role.practitioner = { reference: 'Practitioner/dr-garcia' })),
      { status: 422, code: 'invariant', expression: `${CONTAINED}[0]`, text: /refer to it by #/ }
    ],
    [
      'whose NPI has a wrong check digit',
      account((_, { identifier }) => (identifier![0]!.value = '1234567890')),
      { ...broken, expression: `${CONTAINED}[0].identifier[0].value`, text: /check digit/ }
    ],
    [
      'whose NPI has nine digits',
      account((_, { identifier }) => (identifier![0]!.value = '123456789')),
      { ...broken, expression: `${CONTAINED}[0].identifier[0].value`, text: /10 digits|ten digits/ }
    ],
    [
      'without NPI',
      account((_, practitioner) => practitioner.identifier!.shift()),
      { status: 422, code: 'required', expression: `${CONTAINED}[0].identifier`, text: /needs an NPI/ }
    ],
    [
      'whose NPI is not in the directory',
      account((_, { identifier }) => (identifier![0]!.value = '1000000004')),
      { status: 422, code: 'not-found', expression: `${CONTAINED}[0].identifier`, text: /1000000004 .*directory/ }
    ],
    [
      'whose NPI is an organization’s',
      account((_, { identifier }) => (identifier![0]!.value = ORGANIZATIONS.clinic.npi)),
      { status: 422, code: 'not-found', expression: `${CONTAINED}[0].identifier`, text: /no person's/ }
    ],
    [
      'whose NPI was deactivated',
      clinicalUser(PERSONS.deactivated),
      { ...refused, expression: `${CONTAINED}[0].identifier`, text: /deactivated/ }
    ],
    [
      'whose name differs from the directory’s',
      account((_, { name }) => (name![0]!.family = 'Nobody')),
      { ...refused, expression: `${CONTAINED}[0].name`, text: /has "Abbott, Ada A, MD" on file, not "Nobody, Ada, MD"/ }
    ],
    [
      'without a name',
      account((_, practitioner) => delete practitioner.name),
      { status: 422, code: 'required', expression: `${CONTAINED}[0].name`, text: /name/ }
    ],
    [
      'without a login',
      account((_, practitioner) => practitioner.extension!.shift()),
      { status: 422, code: 'required', expression: `${CONTAINED}[0].extension`, text: /login/i }
    ],
    [
      'with two logins',
      account((_, { extension }) => extension!.push(login('second'))),
      { status: 422, code: 'structure', expression: `${CONTAINED}[0].extension[2]`, text: /login/ }
    ],
    [
      'with two passwords',
      account((_, { extension }) => extension!.push(password('second'))),
      { status: 422, code: 'structure', expression: `${CONTAINED}[0].extension[2]`, text: /password/ }
    ],
    [
      'with a login that nobody could log in with',
      account((_, { extension }) => (extension![0] = login('x'.repeat(2000)))),
      { ...refused, expression: `${CONTAINED}[0].extension`, text: /login has 1 to 254/ }
    ],
    ...['7 signs', 'x'.repeat(1001)].map((wrong): (typeof cases)[number] => [
      `with a password of ${wrong.length} characters`,
      account((_, { extension }) => (extension![1] = password(wrong))),
      { ...refused, expression: `${CONTAINED}[0].extension`, text: /password has 8 to 1000/ }
    ]),
    [
      'that is not active',
      account(role => (role.active = false)),
      { ...refused, expression: 'PractitionerRole.active', text: /true/ }
    ],
    [
      'for a provider without practitioner-role',
      account(role => role.code![0]!.coding!.pop()),
      { ...refused, expression: 'PractitionerRole.code', text: /practitioner-role/ }
    ],
    [
      'whose lab account is assigned by the sign-on facility',
      account((_, { identifier }) => (identifier![1]!.assigner = { reference: 'Organization/f-sso' })),
      { ...refused, expression: `${CONTAINED}[0].identifier[1].assigner`, text: /lab facility/ }
    ],
    [
      'whose phone number cannot be',
      account((_, { telecom }) => telecom!.push({ system: 'phone', value: '12' })),
      { ...refused, expression: `${CONTAINED}[0].telecom[1].value`, text: /phone/i }
    ],
    [
      'with the tag NO_SUBCRIPTIONS',
      account(role => (role.meta!.tag = [{ system: 'https://www.healthgorilla.com', code: 'NO_SUBCRIPTIONS' }])),
      { status: 422, code: 'code-invalid', expression: 'PractitionerRole.meta.tag[0].code', text: /NO_SUBSCRIPTIONS/ }
    ],
    [
      'with contained in contained',
      account((_, practitioner) =>
        Object.assign(practitioner, { contained: [{ resourceType: 'Organization', id: 'x', name: 'X' }] })
      ),
      { status: 422, code: 'invariant', expression: `${CONTAINED}[0].contained`, text: /contain/ }
    ],
    [
      'with a value of a wrong type',
      account(role => Object.assign(role, { active: 'yes' })),
      { status: 400, code: 'structure', expression: 'PractitionerRole.active', text: /true or false/ }
    ],
    [
      'with an element that does not exist',
      account(role => Object.assign(role, { colour: 'blue' })),
      { status: 400, code: 'structure', expression: 'PractitionerRole.colour', text: /colour/ }
    ],
    [
      'at a place that does not exist',
      { ...account(), location: [{ reference: 'Location/nowhere' }] },
      {
        status: 422,
        code: 'not-found',
        expression: 'PractitionerRole.location[0].reference',
        text: /Location\/nowhere does not exist/
      }
    ]
  ]
  test.each(cases)('%s', async (_, role, expected) => {
    await refuses(server.post('PractitionerRole', role), expected)
  })

  test.each(cases)('in a transaction: %s', async (_, role, { expression, ...expected }) => {
    const entry = [{ fullUrl: 'urn:uuid:0', resource: role, request: { method: 'POST', url: 'PractitionerRole' } }]
    const place = expression?.replace('PractitionerRole', 'Bundle.entry[0].resource')
    const answer = server.post('', { resourceType: 'Bundle', type: 'transaction', entry })
    await refuses(answer, { ...expected, expression: place })
  })

  const CONTACTS: [string, string, AccountRole][] = [
    [
      'Login already in use',
      `${CONTAINED}[0].extension`,
      account((_, { extension }) => (extension![0] = login('KIM')))
    ],
    ['Email already in use', `${CONTAINED}[0].telecom`, userAccount('Kim@AU.example')],
    [
      'Phone number already in use',
      `${CONTAINED}[0].telecom`,
      account((_, { telecom }) => telecom!.push({ system: 'phone', value: '(518) 555-0199' }))
    ],
    ['Email already in use', `${CONTAINED}[0].telecom`, userAccount('elena.garcia@demo.example')]
  ]
  test.each(CONTACTS)('of another tenant or this one: %s', async (text, expression, role) => {
    const expected = { status: 409, code: 'duplicate', expression, text: new RegExp(text) }
    await refuses(server.post('PractitionerRole', role), expected)
  })

  test('for a foreign tenant', async () => {
    const role = clinicalUser(CROWD[0]!, { tenant: 'demo-au' })
    const expected = { status: 403, code: 'forbidden', expression: 'PractitionerRole.organization', text: /tenant/ }
    await refuses(server.post('PractitionerRole', role), expected)
  })
})

describe('a token', () => {
  test('without create_users', async () => {
    const client = await server.as('demo', 'system/*.cruds')
    before = await contents(server.sql)
    const expected = { status: 403, code: 'forbidden', expression: undefined, text: /create_users/ }
    await refuses(client.post('PractitionerRole', account()), expected)
  })

  test('without the right to create', async () => {
    const client = await server.as('demo', 'system/*.rs create_users')
    before = await contents(server.sql)
    const expected = { status: 403, code: 'forbidden', expression: undefined, text: /system\/PractitionerRole\.c/ }
    await refuses(client.post('PractitionerRole', account()), expected)
    await refuses(client.delete('Location/main'), { ...expected, text: /system\/Location\.d/ })
  })

  test('that is none', async () => {
    const answer = await server.http.get('/fhir/R4/Practitioner')
    expect(refusal(answer)).toMatchObject({ status: 401, code: 'login' })
    expect(answer.headers['www-authenticate']).toMatch(/^Bearer/)
  })
})
