/** What is wrong is refused by an OperationOutcome that tells place and remedy, and no row is written. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import type { OperationOutcome, Practitioner } from 'fhir/r4.js'
import type { Test } from 'supertest'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser, type AccountRole } from '../support/account.js'
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

describe('the body', () => {
  test.each([
    ['broken JSON', '{"resourceType": "PractitionerRole",, }', /not valid JSON: line 1, column 37/],
    ['a JSON text that ends early', JSON.stringify(account()).slice(0, -2), /not valid JSON: line 1/],
    ['nothing', '', /empty/]
  ])('%s', async (_, body, text) => {
    const code = body ? 'invalid' : 'required'
    await refuses(server.post('PractitionerRole', body), { status: 400, code, expression: undefined, text })
  })

  test('over the limit', async () => {
    const body = account((_, practitioner) => (practitioner.photo = [{ title: 'x'.repeat(30_000) }]))
    const expected = { status: 413, code: 'too-long', expression: undefined, text: /larger than 20480 bytes/ }
    await refuses(server.post('PractitionerRole', body), expected)
  })

  test('a key that stands twice', async () => {
    const body = JSON.stringify(account()).replace('"active":true', '"active":true,"active":false')
    const expected = { status: 400, code: 'structure', expression: 'PractitionerRole.active', text: /stands twice/ }
    await refuses(server.post('PractitionerRole', body), expected)
  })

  test('another resource than the path says', async () => {
    const expected = { status: 400, code: 'invalid', expression: 'resourceType', text: /must be Practitioner, not/ }
    await refuses(server.post('Practitioner', account()), expected)
  })

  test.each(['Practitionerole', 'Patient', 'practitioner'])('resource type %s', async type => {
    const text = new RegExp(`no resource type ${type} here: Practitioner, PractitionerRole`)
    const expected = { status: 404, code: 'not-found', expression: undefined, text }
    await refuses(server.post(type, { resourceType: type }), expected)
    await refuses(server.get(type), expected)
  })
})

describe('other resources', () => {
  const slot = { resourceType: 'Slot', schedule: { reference: 'Schedule/dr-garcia-main' }, status: 'busy' }

  test.each([
    ['end before start', '2026-12-07T10:00:00-05:00', '2026-12-07T09:00:00-05:00'],
    ['end at start', '2026-12-07T10:00:00-05:00', '2026-12-07T15:00:00Z']
  ])('a Slot with %s', async (_, start, end) => {
    const expected = { ...refused, expression: 'Slot.end', text: /after start/ }
    await refuses(server.post('Slot', { ...slot, start, end }), expected)
  })

  test('a Slot on a day that does not exist', async () => {
    const wrong = { ...slot, start: '2026-02-30T10:00:00Z', end: '2026-03-01T10:00:00Z' }
    const expected = { status: 400, code: 'value', expression: 'Slot.start', text: /calendar/ }
    await refuses(server.post('Slot', wrong), expected)
  })

  test('ids that the server keeps to itself', async () => {
    for (const [type, id] of [
      ['Practitioner', 'npi-1234567893'],
      ['Organization', 'f-lab']
    ] as const) {
      const expected = { ...refused, expression: undefined, text: /kept by the server/ }
      await refuses(server.put(`${type}/${id}`, { resourceType: type, id, name: [] }), expected)
      await refuses(server.delete(`${type}/${id}`), expected)
    }
    const gone = await server.delete('Organization/t-demo')
    expect([gone.status, refusal(gone).code]).toEqual([422, 'business-rule'])
  })

  test('an update whose id is another', async () => {
    const expected = { status: 400, code: 'invalid', expression: 'Location.id', text: /must be main/ }
    await refuses(server.put('Location/main', { resourceType: 'Location', id: 'other' }), expected)
  })
})

describe('a search', () => {
  test.each([
    ['Slot?start=ge2026-13-40', 'start', /a date that exists/],
    ['Slot?start=2026-02-30', 'start', /a date that exists/],
    ['Practitioner?active=yes', 'active', /true or false/],
    ['PractitionerRole?practitioner=Location/main', 'practitioner', /a reference to Practitioner/],
    ['Practitioner?_count=-1', '_count', /whole number/]
  ])('%s', async (path, expression, text) => {
    await refuses(server.get(path), { status: 400, code: 'value', expression, text })
  })

  test('an unknown parameter is told of, and refused when strict', async () => {
    const { body } = await server.get('Practitioner?shoe-size=44')
    expect(body).toMatchObject({
      link: [{ relation: 'self', url: expect.not.stringContaining('shoe') }, {}],
      entry: expect.arrayContaining([
        expect.objectContaining({
          search: { mode: 'outcome' },
          resource: expect.objectContaining({ issue: expect.anything() })
        })
      ])
    })
    const expected = { status: 400, code: 'not-supported', expression: 'shoe-size', text: /shoe-size/ }
    await refuses(server.get('Practitioner?shoe-size=44', { Prefer: 'handling=strict' }), expected)
    before = await contents(server.sql)
  })
})

describe('an unknown profile', () => {
  const place = { resourceType: 'Location', meta: { profile: ['urn:example:nowhere'] }, status: 'active', name: 'X' }

  test('is an error where the tenant says so', async () => {
    await server.sql(`update tenants set config = '{"validation": {"unknown_profile": "error"}}' where id = 'demo-es'`)
    const client = await server.as('demo-es')
    before = await contents(server.sql)
    const expected = {
      status: 422,
      code: 'not-found',
      expression: 'Location.meta.profile[0]',
      text: /urn:example:nowhere/
    }
    await refuses(client.post('Location', place), expected)
  })

  test('is a warning else', async () => {
    const answer = await server.post('Location', place, { Prefer: 'return=OperationOutcome' })
    expect(answer.status).toBe(201)
    const warning = { severity: 'warning', expression: ['Location.meta.profile[0]'] }
    expect((answer.body as OperationOutcome).issue).toContainEqual(expect.objectContaining(warning))
    before = await contents(server.sql)
  })

  test('of an account, misspelt, does not let its password into a resource', async () => {
    const role = account((each, { identifier }) => {
      each.meta!.profile = ['https://healthgorilla.com/fhir/StructureDefinition/hg-users']
      identifier!.length = 1
    })
    const expected = { ...refused, expression: `${CONTAINED}[0].extension[0]`, text: /when an account is created/ }
    await refuses(server.post('PractitionerRole', role), expected)
  })
})
