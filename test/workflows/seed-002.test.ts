/** Seed 002 from top to bottom: a user with basic access becomes a prescriber, is downgraded, upgraded and disabled. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { OperationOutcome, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { luhnDigit } from '../../src/domain/identifiers/check-digit.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { userAccount, type AccountRole } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const ACCESS = `${CANONICAL}/CodeSystem/access-role`
const hpii = (stem: string) => ({
  system: 'http://ns.electronichealth.net.au/id/hi/hpii/1.0',
  value: stem + luhnDigit(stem)
})
const prescriberNumber = (value: string) => ({
  system: 'http://ns.electronichealth.net.au/id/medicare-prescriber-number',
  value
})
const prescriberType = (code: string) => ({
  url: `${CANONICAL}/StructureDefinition/prescriber-type`,
  valueCodeableConcept: { coding: [{ system: `${CANONICAL}/CodeSystem/prescriber-type`, code }] }
})
const access = (code: string) => [{ coding: [{ system: ACCESS, code }] }]
/** The document's HPI-I, 8003614900000000, fails its check digit. */
const DETAILS: Partial<Practitioner> = {
  identifier: [hpii('800361490000000'), prescriberNumber('1234567')],
  extension: [prescriberType('M')],
  qualification: [{ code: { text: 'MD' } }],
  birthDate: '1975-12-25',
  gender: 'male'
}

let server: TestServer
let role: PractitionerRole
beforeAll(async () => {
  server = await (await testServer()).as('demo-au')
})
afterAll(() => server?.close())

const post = (email: string, name: { given: string[]; family: string }, code: string, more: object = {}) => {
  const sent: AccountRole = { ...userAccount(email), code: access(code) }
  sent.contained[0] = { ...sent.contained[0], name: [name], ...more }
  return server.post('PractitionerRole', sent)
}
const lacks = ({ extension = [] }: PractitionerRole): string[] =>
  extension.filter(({ url }) => url.endsWith('/prescriber-incomplete')).map(each => each.valueString!)
const own = async (): Promise<Practitioner> => (await server.get(role.practitioner!.reference!)).body as Practitioner
const read = async (): Promise<PractitionerRole> => (await server.get(`PractitionerRole/${role.id}`)).body
const warnings = (outcome: OperationOutcome): string =>
  outcome.issue
    .filter(({ severity, expression }) => severity === 'warning' && expression?.[0] !== 'Practitioner')
    .map(({ details }) => details!.text)
    .join('; ')
const become = async (code: string): Promise<PractitionerRole> => {
  const answer = await server.put(`PractitionerRole/${role.id}`, { ...(await read()), code: access(code) })
  expect([answer.status, answer.text]).toEqual([200, expect.anything()])
  return answer.body as PractitionerRole
}
const membership = async () =>
  (
    await server.sql<{ access_roles: string[]; prescriber_lacks: string[] | null; disabled_at: string | null }>(
      `select m.* from memberships m join practitioner_roles r using (tenant_id) where r.membership_id = m.id and r.id = $1`,
      [role.id]
    )
  )[0]!

describe('upgrading a user to prescriber', () => {
  test('1. a user with basic access', async () => {
    const answer = await post('user-email@my-practice.com', { given: ['Ben'], family: 'Smith' }, 'rx_reader')
    expect(answer.status).toBe(201)
    role = answer.body as PractitionerRole
    expect(lacks(role)).toEqual([])
    expect(await membership()).toMatchObject({ access_roles: ['rx_reader'], prescriber_lacks: null })
  })

  test('2. the role first: a warning and the role name what is missing', async () => {
    const sent = { ...(await read()), code: access('provider') }
    const prefer = { Prefer: 'return=OperationOutcome' }
    const told = await server.put(`PractitionerRole/${role.id}`, sent).set(prefer)
    expect(warnings(told.body as OperationOutcome)).toMatch(
      /Missing: HPI-I, prescriber type, prescriber number, qualification, birth date, gender/
    )
    const all = ['HPI-I', 'prescriber type', 'prescriber number', 'qualification', 'birth date', 'gender']
    expect(lacks(await read())).toEqual(all)
    expect(await membership()).toMatchObject({ access_roles: ['provider'], prescriber_lacks: all })
  })

  test('the switch is in the audit trail', async () => {
    const rows = await server.sql(`select detail from audit_logs where action = 'ROLE_CHANGED' and entity_id = $1`, [
      role.id
    ])
    expect(rows).toEqual([
      { detail: { user_id: expect.any(String), access_roles: { from: ['rx_reader'], to: ['provider'] } } }
    ])
  })

  test('3. some details: what is missing still is told with the Practitioner, and shown by the role', async () => {
    const { identifier = [], ...before } = await own()
    const some = { ...before, ...DETAILS, identifier, qualification: undefined }
    const answer = await server.put(`Practitioner/${before.id}`, some).set({ Prefer: 'return=OperationOutcome' })
    expect(warnings(answer.body as OperationOutcome)).toBe(
      'A prescriber needs a HPI-I: until then nothing can be booked; ' +
        'A prescriber needs a prescriber number: until then nothing can be booked; ' +
        'A prescriber needs a qualification: until then nothing can be booked'
    )
    expect(lacks(await read())).toEqual(['HPI-I', 'prescriber number', 'qualification'])
  })

  test('a wrong check digit of the HPI-I is refused, one of the prescriber number is a warning', async () => {
    const before = await own()
    const put = (identifier: object[]) =>
      server
        .put(`Practitioner/${before.id}`, { ...before, ...DETAILS, identifier })
        .set({ Prefer: 'return=OperationOutcome' })
    const wrong = await put([{ ...hpii(''), value: '8003614900000000' }])
    expect(refusal(wrong)).toMatchObject({ status: 422, expression: 'Practitioner.identifier[0].value' })
    const seven = await put([DETAILS.identifier![0]!, prescriberNumber('1234560')])
    expect([seven.status, warnings(seven.body as OperationOutcome)]).toEqual([
      200,
      expect.stringMatching(/check digit/)
    ])
  })

  test('... and all of them: the prescriber is complete', async () => {
    const before = await own()
    const answer = await server.put(`Practitioner/${before.id}`, { ...before, ...DETAILS })
    expect(answer.status).toBe(200)
    expect(lacks(await read())).toEqual([])
    expect(await membership()).toMatchObject({ prescriber_lacks: null })
  })
})

describe('other common workflows', () => {
  test('a provider from scratch needs all details', async () => {
    const bare = await post('sarah@clinic.com', { given: ['Sarah'], family: 'Johnson' }, 'provider')
    expect([
      bare.status,
      (bare.body as OperationOutcome).issue.filter(({ severity }) => severity === 'error').length
    ]).toEqual([422, 6])
    const { extension: _type, ...typeless } = DETAILS
    const untyped = await post('sarah@clinic.com', { given: ['Sarah'], family: 'Johnson' }, 'provider', typeless)
    expect(refusal(untyped)).toMatchObject({
      status: 422,
      code: 'required',
      expression: 'PractitionerRole.contained[0].extension'
    })
    const whole = { ...DETAILS, identifier: [hpii('800361490000001'), prescriberNumber('0848402')] }
    const answer = await post('sarah.johnson@clinic.com', { given: ['Sarah'], family: 'Johnson' }, 'provider', whole)
    expect([answer.status, lacks(answer.body as PractitionerRole)]).toEqual([201, []])
  })

  test('prescribers of type T have no number', async () => {
    const podiatrist = { ...DETAILS, identifier: [hpii('800361490000002')], extension: [prescriberType('T')] }
    const answer = await post('t@clinic.com', { given: ['Tim'], family: 'Tate' }, 'provider', podiatrist)
    expect([answer.status, lacks(answer.body as PractitionerRole)]).toEqual([201, []])
    const unknown = await post('x@clinic.com', { given: ['X'], family: 'X' }, 'provider', {
      ...podiatrist,
      extension: [prescriberType('Z')]
    })
    expect(refusal(unknown)).toMatchObject({ status: 422, code: 'code-invalid' })
  })

  test('a downgrade keeps the details, and the next upgrade revives them', async () => {
    const before = await own()
    await become('rx_reader')
    expect(await own()).toEqual(before)
    expect(await membership()).toMatchObject({ access_roles: ['rx_reader'] })
    expect(lacks(await become('provider'))).toEqual([])
    expect(await own()).toEqual(before)
  })

  test('rows that are changed by SQL show in the role, too', async () => {
    await server.sql(`update practitioners set birth_date = null where id = $1`, [(await own()).id])
    expect(lacks(await read())).toEqual(['birth date'])
    await server.sql(`update practitioners set birth_date = '1975-12-25' where id = $1`, [(await own()).id])
    expect(lacks(await read())).toEqual([])
  })
})

describe('disabling a user', () => {
  const disable = async () => server.post(`Practitioner/${(await own()).id}/$disable`, '')

  test('roles become member, the login is disabled, and a second call is 200 and changes nothing', async () => {
    const first = await disable()
    expect([first.status, (first.body as PractitionerRole).active]).toEqual([200, false])
    expect((first.body as PractitionerRole).code).toEqual(access('member'))
    expect(await membership()).toMatchObject({ access_roles: ['member'], disabled_at: expect.anything() })
    const [user] = await server.sql(
      `select disabled_at, password_hash from users where email = 'user-email@my-practice.com'`
    )
    expect(user!.disabled_at).not.toBeNull()
    const before = await contents(server.sql)
    const second = await disable()
    expect([second.status, second.body]).toEqual([200, first.body])
    expect(await contents(server.sql)).toEqual(before)
  })

  test('it cannot be reversed', async () => {
    const stored = await read()
    const status = { url: `${CANONICAL}/StructureDefinition/membership-status`, valueCode: 'approved' }
    const extension = [...stored.extension!.filter(({ url }) => !url.endsWith('/membership-status')), status]
    const answer = await server.put(`PractitionerRole/${role.id}`, { ...stored, active: true, extension })
    expect(refusal(answer)).toMatchObject({ status: 422, text: expect.stringMatching(/ended for good/) })
    expect(
      refusal(await server.put(`PractitionerRole/${role.id}`, { ...stored, code: access('provider') })).status
    ).toBe(422)
  })

  test('nobody, a stranger of another tenant, and one without an account', async () => {
    for (const id of ['nobody', 'dr-garcia'])
      expect(refusal(await server.post(`Practitioner/${id}/$disable`, ''))).toMatchObject({ status: 404 })
    expect(refusal(await server.post('Practitioner/dr-nguyen/$disable', ''))).toMatchObject({ status: 422 })
    const reader = await server.as('demo-au', 'system/*.cruds')
    expect(refusal(await reader.post(`Practitioner/${(await own()).id}/$disable`, ''))).toMatchObject({
      status: 403,
      text: expect.stringMatching(/^Cannot manage this clinic/)
    })
    expect((await server.post('Organization/x/$disable', '')).status).toBe(404)
  })
})
