/** Seed 004 from top to bottom: from the directory's record to a clinical user; each attribute, and what is wrong with it. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CROWD, PERSONS } from '../../seeds/demo/directory.js'
import { clinicalUser, login, NPI, password, type AccountRole } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { contents, tablesWith } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const HG = 'https://www.healthgorilla.com'
const SECRET = 'full-example-Password-1'
let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const post = (sent: object, at = server) => at.post('PractitionerRole', sent)
const changed = (n: number, change: (sent: AccountRole) => void): AccountRole => {
  const sent = clinicalUser(CROWD[n]!, { login: `user.${n}`, email: `user.${n}@x.example` })
  change(sent)
  return sent
}
/** All rows but those that reading and refusing leave behind. */
async function accounts(): Promise<Record<string, string>> {
  const { 'public.resource_history': _read, 'public.audit_logs': _refused, ...rows } = await contents(server.sql)
  return rows
}
const userOf = async (email: string) =>
  (await server.sql<Record<string, unknown>>('select * from users where email = $1', [email]))[0]

test('the scope create_users is required', async () => {
  const without = await server.as('demo', 'system/*.cruds')
  const before = await accounts()
  expect(refusal(await post(clinicalUser(PERSONS.gorilla), without))).toMatchObject({
    status: 403,
    text: expect.stringContaining('create_users')
  })
  expect(await accounts()).toEqual(before)
})

let found: Practitioner
describe('retrieving the Practitioner by NPI', () => {
  test('a searchset with one match: the record of the directory', async () => {
    const answer = await server.get(`Practitioner?identifier=${NPI}%7C${PERSONS.gorilla.npi}`)
    const bundle = answer.body as Bundle<Practitioner>
    expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'searchset', total: 1 })
    expect(bundle.link!.find(({ relation }) => relation === 'self')!.url).toContain(PERSONS.gorilla.npi)
    const [entry] = bundle.entry!
    expect(entry).toMatchObject({ search: { mode: 'match' } })
    expect(entry!.fullUrl).toMatch(new RegExp(`/Practitioner/${entry!.resource!.id}$`))
    found = entry!.resource!
    expect(found).toMatchObject({
      active: true,
      text: { status: 'generated', div: expect.stringContaining('Joe Gorilla') },
      name: [{ use: 'official', family: 'Gorilla', given: ['Joe'], suffix: ['PA'] }]
    })
    expect(found.meta!.profile).toHaveLength(2)
  })
})

describe('the attributes one by one', () => {
  test('profile and tags: VERIFIED and NO_SUBSCRIPTIONS; the misspelt tag of the document is told', async () => {
    const sent = changed(
      0,
      each => (each.meta!.tag = ['VERIFIED', 'NO_SUBSCRIPTIONS'].map(code => ({ system: HG, code })))
    )
    expect((await post(sent)).status).toBe(201)
    expect(await userOf('user.0@x.example')).toMatchObject({
      notifications: false,
      email_verified_at: expect.anything()
    })
    expect(await server.sql('select 1 from outbox')).toEqual([])
    const misspelt = changed(1, each => (each.meta!.tag = [{ system: HG, code: 'NO_SUBCRIPTIONS' }]))
    expect(refusal(await post(misspelt))).toMatchObject({
      status: 422,
      text: expect.stringContaining('NO_SUBSCRIPTIONS')
    })
  })

  test('by default an invitation is sent, and notifications are on', async () => {
    expect((await post(changed(1, () => undefined))).status).toBe(201)
    expect(await userOf('user.1@x.example')).toMatchObject({ notifications: true, email_verified_at: null })
    expect(await server.sql('select kind from outbox')).toEqual([{ kind: 'invitation' }])
  })

  const wrong: [string, (sent: AccountRole) => void, number, string][] = [
    ['active is always true', each => (each.active = false), 422, 'PractitionerRole.active'],
    [
      'practitioner is the contained one',
      each => (each.practitioner = { reference: '#other' }),
      422,
      'PractitionerRole.practitioner.reference'
    ],
    ['an administrative role is required', each => each.code![0]!.coding!.shift(), 422, 'PractitionerRole'],
    ['a provider has a practitioner role', each => each.code![0]!.coding!.pop(), 422, 'PractitionerRole.code'],
    [
      'an NPI is required',
      each => each.contained[0].identifier!.shift(),
      422,
      'PractitionerRole.contained[0].identifier'
    ],
    [
      'an NPI has ten digits',
      each => (each.contained[0].identifier![0]!.value = '123456789'),
      422,
      'PractitionerRole.contained[0].identifier[0].value'
    ],
    [
      'an NPI is in the directory',
      each => (each.contained[0].identifier![0]!.value = '1999999984'),
      422,
      'PractitionerRole.contained[0].identifier'
    ],
    [
      'a lab account is of a lab',
      each => (each.contained[0].identifier![1]!.assigner = { reference: 'Organization/f-sso' }),
      422,
      'PractitionerRole.contained[0].identifier[1].assigner'
    ],
    [
      'a UUID is of the sign-on facility',
      each => (each.contained[0].identifier![2]!.assigner = { reference: 'Organization/f-lab' }),
      422,
      'PractitionerRole.contained[0].identifier[2].assigner'
    ],
    [
      'the name is that of the directory',
      each => (each.contained[0].name![0]!.family = 'Somebody'),
      422,
      'PractitionerRole.contained[0].name'
    ],
    ['a name is required', each => delete each.contained[0].name, 422, 'PractitionerRole.contained[0].name'],
    [
      'a login is required',
      each => (each.contained[0].extension = [password(SECRET)]),
      422,
      'PractitionerRole.contained[0].extension'
    ],
    [
      'there is one login',
      each => each.contained[0].extension!.push(login('two')),
      422,
      'PractitionerRole.contained[0].extension[1]'
    ],
    [
      'the target tenant is one’s own or below',
      each => (each.organization = { reference: 'Organization/t-demo-es' }),
      403,
      'PractitionerRole.organization'
    ]
  ]
  test.each(wrong)('%s', async (_, change, status, expression) => {
    const before = await accounts()
    const answer = await post(changed(2, change))
    expect(answer.status).toBe(status)
    const places = (answer.body as { issue: { severity: string; expression?: string[] }[] }).issue
      .filter(({ severity }) => severity === 'error')
      .flatMap(each => each.expression ?? [])
    expect(places).toContain(expression)
    const after = await accounts()
    expect(after).toEqual(before)
  })

  test('the e-mail is optional', async () => {
    const sent = changed(3, each => delete each.contained[0].telecom)
    expect((await post(sent)).status).toBe(201)
    const [row] = await server.sql(`select email from users where username = 'user.3'`)
    expect(row).toEqual({ email: null })
  })

  test('a non-clinical user needs no NPI', async () => {
    const sent = changed(4, each => {
      each.code = [{ coding: [{ system: `${HG}/administrative-role`, code: 'officeManager' }] }]
      each.contained[0].identifier!.shift()
      delete each.contained[0].meta
    })
    expect((await post(sent)).status).toBe(201)
  })
})

describe('the security role', () => {
  const URL = `${HG}/fhir/R4/StructureDefinition/practitionalrole-security-role`
  const managing = (n: number, extension: object[]) =>
    changed(n, each => {
      each.code = [{ coding: [{ system: `${HG}/administrative-role`, code: 'officeManager' }] }]
      each.contained[0].identifier!.shift()
      delete each.contained[0].meta
      if (extension.length > 0) each.extension = extension as NonNullable<AccountRole['extension']>
    })
  const valued = (code: string) => ({
    url: URL,
    valueCodeableConcept: { coding: [{ system: `${HG}/security-role`, code }] }
  })

  test('administrator makes an office manager CLINIC_ADMIN, and is shown; without it they are STAFF', async () => {
    for (const [n, extension, role] of [
      [8, [valued('administrator')], 'CLINIC_ADMIN'],
      [9, [], 'STAFF']
    ] as const) {
      const { body } = await post(managing(n, [...extension])).expect(201)
      const shown = (body as PractitionerRole).extension!.filter(({ url }) => url === URL)
      expect(shown).toEqual(extension)
      const rows = await server.sql(
        'select m.membership_role from memberships m join practitioner_roles r on r.membership_id = m.id where r.id = $1',
        [(body as PractitionerRole).id]
      )
      expect(rows).toEqual([{ membership_role: role }])
    }
  })

  test('said twice it is refused with its place', async () => {
    const sent = managing(10, [valued('administrator'), valued('administrator')])
    expect(refusal(await post(sent))).toMatchObject({ status: 422, expression: 'PractitionerRole.extension[1]' })
  })
})

describe('the full example', () => {
  let role: PractitionerRole
  test('with the record as it was found, versions and all, in a tenant below', async () => {
    const sent = clinicalUser(PERSONS.gorilla, {
      login: 'joe.gorilla',
      password: SECRET,
      email: 'joe@gorilla.example',
      tags: ['VERIFIED', 'NO_SUBSCRIPTIONS'],
      tenant: 'demo-north'
    })
    const { name, meta, text } = found
    Object.assign(sent.contained[0], { name, text, meta: { ...meta, versionId: '1667963849444' } })
    const answer = await post(sent)
    expect(answer.status).toBe(201)
    role = answer.body as PractitionerRole
    expect(answer.headers.location).toContain(`PractitionerRole/${role.id}/_history/1`)
    expect(role).toMatchObject({ active: true, practitioner: { reference: expect.stringMatching(/^Practitioner\//) } })
  })

  test('the user logs in; the password is nowhere', async () => {
    const answer = await server.http.post('/auth/login').send({ username: 'joe.gorilla', password: SECRET })
    expect(answer.status).toBe(200)
    expect(await tablesWith(server.sql, SECRET)).toEqual([])
    expect(server.logged()).not.toContain(SECRET)
  })

  test('numbers of lab and sign-on are searchable by their facility', async () => {
    const north = await server.as('demo-north')
    for (const [facility, kind, value] of [
      ['f-lab', 'an', `LAB-${PERSONS.gorilla.npi}`],
      ['f-sso', 'prn', `U-${PERSONS.gorilla.npi}`]
    ]) {
      const system = `https://locum.example/fhir/sid/facility/${facility}/${kind}`
      const { total } = (await north.get(`Practitioner?identifier=${system}|${value}`)).body as Bundle
      expect(total).toBe(1)
    }
  })

  test('the same NPI in the tenant again is 409 and names the way; in another tenant it is a user of its own', async () => {
    const again = clinicalUser(PERSONS.gorilla, { login: 'joe.2', email: 'joe2@gorilla.example', tenant: 'demo-north' })
    again.contained[0].identifier!.pop()
    expect(refusal(await post(again))).toMatchObject({
      status: 409,
      text: expect.stringContaining(role.practitioner!.reference!)
    })
    const elsewhere = clinicalUser(PERSONS.gorilla, { login: 'joe.2', email: 'joe2@gorilla.example' })
    expect((await post(elsewhere)).status).toBe(201)
  })
})
