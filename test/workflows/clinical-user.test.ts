/** "Create a Clinical User", from the lookup by NPI to the account, as its document tells it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CROWD, PERSONS } from '../../seeds/demo/directory.js'
import { clinicalUser, NPI } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { counts, grown, grownButTrail, tablesWith } from '../support/rows.js'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const byNpi = (npi: string): string => `Practitioner?identifier=${NPI}%7C${npi}`
const lookUp = async (npi: string): Promise<Bundle<Practitioner>> =>
  (await server.get(byNpi(npi))).body as Bundle<Practitioner>
const LOCATION = /^http:\/\/localhost:3000\/fhir\/R4\/PractitionerRole\/([0-9a-f-]{36})\/_history\/1$/
/** Tables that an account adds to, and how many rows, for a user with three identifiers, a name and an e-mail. */
const WHOLE = {
  'public.users': 1,
  'public.memberships': 1,
  'public.membership_profiles': 1,
  'public.practitioners': 1,
  'public.practitioner_roles': 1
}

describe('retrieving the Practitioner', () => {
  test('by NPI gives a searchset with the record of the directory', async () => {
    const { npi } = PERSONS.gorilla
    const answer = await server.get(byNpi(npi))
    expect(answer.status).toBe(200)
    const bundle = answer.body as Bundle<Practitioner>
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'searchset', total: 1 })
    expect(bundle.link).toContainEqual({ relation: 'self', url: `${BASE}/${byNpi(npi)}` })
    expect(bundle.entry).toHaveLength(1)
    const { fullUrl, search, resource } = bundle.entry![0]!
    expect([fullUrl, search]).toEqual([`${BASE}/Practitioner/npi-${npi}`, { mode: 'match' }])
    expect(resource).toMatchObject({
      resourceType: 'Practitioner',
      id: `npi-${npi}`,
      meta: {
        versionId: expect.any(String),
        lastUpdated: expect.any(String),
        profile: [
          'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner',
          'https://healthgorilla.com/fhir/StructureDefinition/hg-practitioner'
        ]
      },
      text: { status: 'generated', div: expect.stringContaining('Joe Gorilla, PA') },
      identifier: [{ type: { coding: [{ code: 'NPI' }] }, system: NPI, value: npi }],
      active: true,
      name: [{ use: 'official', text: 'Joe Gorilla, PA', family: 'Gorilla', given: ['Joe'], suffix: ['PA'] }],
      address: [
        { use: 'work', text: 'N/A, Lumberton, TX 95050', line: ['N/A'], city: 'Lumberton', state: 'TX' },
        { text: '1572 Jungle, Rain Forest, TX 77706', city: 'Rain Forest', postalCode: '77706' }
      ]
    })
    expect((await server.get(`Practitioner/npi-${npi}`)).body).toEqual(resource)
  })

  test.each([
    ['a value alone', PERSONS.gorilla.npi, ['npi-1234567893']],
    ['a value without a system', `%7C${PERSONS.gorilla.npi}`, []],
    ['a system with any value: the tenant’s own', `${NPI}%7C`, ['dr-garcia', 'dr-lee', 'dr-okafor', 'pt-novak']],
    ['two NPIs', `${NPI}%7C${PERSONS.gorilla.npi},${NPI}%7C${PERSONS.lee.npi}`, ['dr-lee', 'npi-1234567893']],
    ['an NPI that nobody has', `${NPI}%7C1000000004`, []],
    ['another system', `urn:other%7C${PERSONS.gorilla.npi}`, []]
  ])('identifier with %s', async (_, value, ids) => {
    const { entry = [] } = (await server.get(`Practitioner?identifier=${value}`)).body as Bundle
    expect(entry.map(({ resource }) => resource?.id).sort()).toEqual(ids)
  })

  test('the tenant’s own record stands before the directory’s, whatever else is asked', async () => {
    const { npi } = PERSONS.garcia
    expect((await lookUp(npi)).entry?.map(({ resource }) => resource?.id)).toEqual(['dr-garcia'])
    const { body } = await server.get(`${byNpi(npi)}&gender=male`)
    expect(body).toMatchObject({ total: 0 })
  })
})

describe('creating the user', () => {
  const SECRET = 'tr0ub4dor & 3 gorillas'
  const LOGIN = 'joe-the-gorilla'
  let location: string
  let role: PractitionerRole
  let practitioner: Practitioner

  test('with all attributes answers 201 with the stored role', async () => {
    const before = await counts(server.sql)
    const answer = await server.post(
      'PractitionerRole',
      clinicalUser(PERSONS.gorilla, { login: LOGIN, password: SECRET, tenant: 'demo' })
    )
    expect(answer.status).toBe(201)
    role = answer.body as PractitionerRole
    location = answer.headers.location!
    expect(LOCATION.exec(location)?.[1]).toBe(role.id)
    expect(answer.headers.etag).toBe('W/"1"')
    expect(role).toMatchObject({
      meta: { versionId: '1', profile: ['https://healthgorilla.com/fhir/StructureDefinition/hg-user'] },
      active: true,
      practitioner: { reference: expect.stringMatching(/^Practitioner\/[0-9a-f-]{36}$/) },
      organization: { reference: 'Organization/t-demo' },
      code: [{ coding: [{ code: 'provider' }, { code: 'doctor' }] }]
    })
    expect(role.contained).toBeUndefined()
    expect(answer.text).not.toContain(SECRET)
    expect(answer.text).not.toContain(LOGIN)
    expect(grown(before, await counts(server.sql))).toMatchObject({
      ...WHOLE,
      'public.practitioner_identifiers': 4,
      'public.practitioner_names': 1,
      'public.practitioner_telecoms': 1,
      'public.audit_logs': 1,
      'public.outbox': 1
    })
  })

  test('the role reads back as it was answered', async () => {
    const answer = await server.get(`PractitionerRole/${role.id}`)
    expect(answer.body).toEqual(role)
    expect(answer.headers.etag).toBe('W/"1"')
  })

  test('the contained Practitioner has become a resource', async () => {
    practitioner = (await server.get(role.practitioner!.reference!)).body as Practitioner
    const sent = clinicalUser(PERSONS.gorilla).contained[0]
    expect(practitioner).toMatchObject({
      name: sent.name,
      telecom: sent.telecom,
      meta: { profile: sent.meta!.profile }
    })
    expect(practitioner.identifier).toEqual([
      sent.identifier![0],
      { ...sent.identifier![1], system: 'https://locum.example/fhir/sid/facility/f-lab/an' },
      { ...sent.identifier![2], system: 'https://locum.example/fhir/sid/facility/f-sso/prn' },
      { system: 'https://locum.example/fhir/sid/user-id', value: expect.any(String) }
    ])
    expect(practitioner.extension).toBeUndefined()
  })

  test('the NPI now finds the tenant’s record, once, and in another tenant still the directory’s', async () => {
    const { total, entry } = await lookUp(PERSONS.gorilla.npi)
    expect([total, entry?.map(({ resource }) => resource?.id)]).toEqual([1, [practitioner.id]])
    const other = await server.as('demo-es')
    const { body } = await other.get(byNpi(PERSONS.gorilla.npi))
    expect((body as Bundle).entry?.map(({ resource }) => resource?.id)).toEqual([`npi-${PERSONS.gorilla.npi}`])
  })

  test('lab account and sign-on number are found', async () => {
    for (const number of ['LAB-1234567893', 'U-1234567893']) {
      const { body } = await server.get(`Practitioner?identifier=${number}`)
      expect((body as Bundle).entry?.map(({ resource }) => resource?.id)).toEqual([practitioner.id])
    }
  })

  test('the password stands nowhere, and is hashed with argon2id', async () => {
    expect(await tablesWith(server.sql, 'joe.gorilla@clinic.example')).toContain('public.users')
    expect(await tablesWith(server.sql, SECRET)).toEqual([])
    expect(server.logged()).toContain('"path":"/fhir/R4/PractitionerRole"')
    expect(server.logged()).not.toContain(SECRET)
    expect(server.logged()).not.toContain(LOGIN)
    const [user] = await server.sql('select * from users where username = $1', [LOGIN])
    expect(user).toMatchObject({
      email: 'joe.gorilla@clinic.example',
      password_hash: expect.stringMatching(/^\$argon2id\$/),
      notifications: true,
      email_verified_at: null
    })
  })

  test('the login stands in the row of the user and nowhere else', async () => {
    expect(await tablesWith(server.sql, LOGIN)).toEqual(['public.users'])
  })

  test('an audit row tells that a provider was created, by ids alone', async () => {
    const rows = await server.sql(`select * from audit_logs where entity_id = $1`, [role.id])
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      tenant_id: 'demo',
      subject: 'demo',
      action: 'USER_CREATED',
      entity_type: 'PractitionerRole',
      detail: { is_provider: true, user_id: expect.any(String) }
    })
  })

  test('an invitation waits in the outbox', async () => {
    const rows = await server.sql<{ payload: { user_id: string } }>(`select * from outbox where kind = 'invitation'`)
    const [user] = await server.sql('select id from users where username = $1', [LOGIN])
    expect(rows.map(({ payload }) => payload.user_id)).toContain(user!.id)
  })

  test.each([
    ['Email already in use', { login: 'another', email: 'JOE.Gorilla@clinic.example' }],
    ['Login already in use', { login: LOGIN.toUpperCase(), email: 'another@clinic.example' }]
  ])('once more: 409 %s', async (text, options) => {
    const before = await counts(server.sql)
    const answer = await server.post('PractitionerRole', clinicalUser(CROWD[0]!, options))
    expect(refusal(answer)).toMatchObject({ status: 409, code: 'duplicate', text })
    expect(grownButTrail(before, await counts(server.sql))).toEqual({})
  })

  test('once more with the same NPI: 409 that names the member', async () => {
    const role = clinicalUser(PERSONS.gorilla, { login: 'another', email: 'another@clinic.example' })
    const refused = refusal(await server.post('PractitionerRole', role))
    expect(refused).toMatchObject({ status: 409, code: 'duplicate' })
    expect(refused.text).toContain(practitioner.id)
  })
})

describe('tags', () => {
  test('VERIFIED: no invitation, and the e-mail counts as verified', async () => {
    const before = await counts(server.sql)
    const person = CROWD[1]!
    const answer = await server.post(
      'PractitionerRole',
      clinicalUser(person, { tags: ['VERIFIED'], email: 'v@x.example' })
    )
    expect(answer.status).toBe(201)
    expect(grown(before, await counts(server.sql))).not.toHaveProperty('public.outbox')
    const [user] = await server.sql(`select * from users where email = 'v@x.example'`)
    expect(user).toMatchObject({ email_verified_at: expect.anything(), notifications: true, password_hash: null })
  })

  test('NO_SUBSCRIPTIONS: no notifications', async () => {
    const role = clinicalUser(CROWD[2]!, { tags: ['NO_SUBSCRIPTIONS'], email: 'n@x.example' })
    expect((await server.post('PractitionerRole', role)).status).toBe(201)
    const [user] = await server.sql(`select * from users where email = 'n@x.example'`)
    expect(user).toMatchObject({ email_verified_at: null, notifications: false })
  })

  test('an e-mail is optional: then nobody is invited', async () => {
    const role = clinicalUser(CROWD[3]!)
    delete role.contained[0].telecom
    const before = await counts(server.sql)
    expect((await server.post('PractitionerRole', role)).status).toBe(201)
    expect(grown(before, await counts(server.sql))).not.toHaveProperty('public.outbox')
  })
})

describe('the name', () => {
  test.each([
    ['accents and case aside', PERSONS.accented, { family: 'NUNEZ-PENA', given: ['jose angel'] }],
    [
      'the directory’s first given name among them',
      PERSONS.twoGivenNames,
      { family: "O'Brien", given: ['Mary Ann Louise'] }
    ]
  ])('matches with %s', async (_, person, name) => {
    const role = clinicalUser(person)
    Object.assign(role.contained[0].name![0]!, name)
    expect((await server.post('PractitionerRole', role)).status).toBe(201)
  })

  test('copied from the directory’s record, versions and all, is taken with a note', async () => {
    const person = PERSONS.prefixed
    const found = (await lookUp(person.npi)).entry![0]!.resource!
    const role = clinicalUser(person)
    const { extension, telecom } = role.contained[0]
    role.contained[0] = { ...found, id: 'pr', ...(extension && { extension }), ...(telecom && { telecom }) }
    const answer = await server.post('PractitionerRole', role, { Prefer: 'return=OperationOutcome' })
    expect([answer.status, answer.text]).toEqual([201, expect.stringContaining('left out')])
  })
})
