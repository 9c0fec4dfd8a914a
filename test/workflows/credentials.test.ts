/** Logins and passwords: taken when an account is created, refused elsewhere, and never repeated. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { PractitionerRole } from 'fhir/r4.js'
import { PERSONS } from '../../seeds/demo/directory.js'
import { clinicalUser, login, password } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { tablesWith } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const SECRET = 'Zq9 sesame opens'
let server: TestServer
let role: PractitionerRole
beforeAll(async () => {
  server = await testServer()
  const answer = await server.post('PractitionerRole', clinicalUser(PERSONS.gorilla, { password: SECRET }))
  role = answer.body as PractitionerRole
})
afterAll(() => server?.close())

const nowhere = async (): Promise<void> => {
  expect(await tablesWith(server.sql, SECRET)).toEqual([])
  expect(server.logged()).not.toContain(SECRET)
}

const SPELLINGS = [
  'https://www.healthgorilla.com/fhir/R4/StructureDefinition/hg-practitioner-',
  'https://www.healthgorilla.com/fhir/StructureDefinition/hg-practitioner-',
  'https://healthgorilla.com/fhir/StructureDefinition/hg-practitioner-',
  'http://www.healthgorilla.com/fhir/R4/StructureDefinition/hg-practitioner-'
]

describe('outside the creation of an account', () => {
  const places: [string, (extension: object) => [string, object]][] = [
    ['a new Practitioner', extension => ['Practitioner', { resourceType: 'Practitioner', extension: [extension] }]],
    [
      'its name',
      extension => ['Practitioner', { resourceType: 'Practitioner', name: [{ text: 'A', extension: [extension] }] }]
    ],
    [
      'a modifier extension',
      extension => ['Practitioner', { resourceType: 'Practitioner', modifierExtension: [extension] }]
    ],
    [
      'another extension',
      extension => [
        'Practitioner',
        { resourceType: 'Practitioner', extension: [{ url: 'urn:example:outer', extension: [extension] }] }
      ]
    ],
    [
      'a primitive',
      extension => ['Practitioner', { resourceType: 'Practitioner', _birthDate: { extension: [extension] } }]
    ],
    [
      'a PractitionerRole without an account',
      extension => ['PractitionerRole', { resourceType: 'PractitionerRole', extension: [extension] }]
    ],
    [
      'an account role itself',
      extension => ['PractitionerRole', { ...clinicalUser(PERSONS.accented), extension: [extension] }]
    ],
    [
      'what a role contains',
      extension => [
        'PractitionerRole',
        {
          resourceType: 'PractitionerRole',
          practitioner: { reference: '#p' },
          contained: [{ resourceType: 'Practitioner', id: 'p', extension: [extension] }]
        }
      ]
    ],
    ['a Location', extension => ['Location', { resourceType: 'Location', name: 'A', extension: [extension] }]],
    [
      'a Bundle',
      extension => [
        '',
        {
          resourceType: 'Bundle',
          type: 'transaction',
          entry: [
            {
              resource: { resourceType: 'Practitioner', extension: [extension] },
              request: { method: 'POST', url: 'Practitioner' }
            }
          ]
        }
      ]
    ]
  ]

  test.each(places)('%s is refused with 4xx that does not repeat the value', async (_, made) => {
    for (const spelling of SPELLINGS)
      for (const kind of ['login', 'password']) {
        const answer = await server.post(...made({ url: `${spelling}${kind}`, valueString: SECRET }))
        expect(refusal(answer)).toMatchObject({ status: 422 })
        expect(answer.text).not.toContain(SECRET)
      }
    await nowhere()
  })

  test('an update of the Practitioner', async () => {
    const practitioner = (await server.get(role.practitioner!.reference!)).body as { id: string }
    const changed = { ...practitioner, extension: [password(SECRET)] }
    const answer = await server.put(`Practitioner/${practitioner.id}`, changed)
    expect(refusal(answer)).toMatchObject({ status: 422, expression: 'Practitioner.extension[0]' })
    expect(answer.text).not.toContain(SECRET)
    await nowhere()
  })

  test('an update of the account role', async () => {
    const sent = { ...clinicalUser(PERSONS.gorilla, { password: SECRET }), id: role.id }
    const answer = await server.put(`PractitionerRole/${role.id}`, sent)
    expect(refusal(answer)).toMatchObject({ status: 422 })
    expect(answer.text).toContain(role.practitioner!.reference)
    expect(answer.text).not.toContain(SECRET)
    await nowhere()
  })
})

describe('values of a wrong form are not repeated', () => {
  const wrong: [string, object][] = [
    ['a number’s place', { valueInteger: SECRET }],
    ['a boolean’s place', { valueBoolean: SECRET }],
    ['a date’s place', { valueDate: SECRET }],
    ['an instant’s place', { valueInstant: SECRET }],
    ['a code’s place', { valueCode: ` ${SECRET} ` }],
    ['an id’s place', { valueId: SECRET }],
    ['a URI’s place', { valueUri: SECRET }],
    ['a place that does not exist', { valueSecret: SECRET }],
    ['a misspelt place', { value: SECRET }],
    ['an array', { valueString: [SECRET] }],
    ['an object', { valueString: { value: SECRET } }],
    ['a Coding', { valueCoding: { system: 'urn:x', code: SECRET } }],
    ['a Coding of another form', { valueCoding: SECRET }],
    ['a CodeableConcept', { valueCodeableConcept: { coding: [{ code: [SECRET] }] } }],
    ['a Quantity', { valueQuantity: { value: SECRET, comparator: SECRET } }],
    ['a Reference', { valueReference: { reference: SECRET } }],
    ['a Reference to nowhere', { valueReference: { reference: `Practitioner/${SECRET.replaceAll(' ', '-')}` } }],
    ['a control character', { valueString: `${SECRET}\u0001` }],
    ['two values', { valueString: SECRET, valueCode: SECRET }],
    ['an inner extension', { extension: [{ url: SECRET, valueString: SECRET }] }]
  ]

  test.each(wrong)('in %s', async (_, value) => {
    for (const extension of [login('a'), password('b')]) {
      const { url } = extension
      const sent = clinicalUser(PERSONS.accented)
      sent.contained[0].extension = [
        ...(url.endsWith('password') ? [login('jose')] : []),
        { url, ...value },
        ...(url.endsWith('login') ? [password('fine and long')] : [])
      ]
      const answer = await server.post('PractitionerRole', sent)
      expect(refusal(answer).status).toBeGreaterThanOrEqual(400)
      expect(answer.text).not.toContain(SECRET)
      expect(answer.text).not.toContain(SECRET.replaceAll(' ', '-'))
    }
    await nowhere()
  })

  test('in JSON that breaks off', async () => {
    const text = JSON.stringify(clinicalUser(PERSONS.accented, { password: SECRET }))
    const answer = await server.post('PractitionerRole', text.slice(0, text.indexOf(SECRET) + SECRET.length))
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain(SECRET)
    await nowhere()
  })
})
