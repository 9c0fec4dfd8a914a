/** Seed 000 from top to bottom: providers by flagging a user, and by creating one with the flag. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { password, userAccount, type AccountRole } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { counts, grown } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const MEMBERSHIP_ROLE = `${CANONICAL}/CodeSystem/membership-role`
const extension = (name: string, value: object) => ({ url: `${CANONICAL}/StructureDefinition/${name}`, ...value })
const flag = (valueBoolean: boolean) => extension('is-provider', { valueBoolean })
const status = (valueCode: string) => extension('membership-status', { valueCode })
const OFFICE_HOURS = [
  { daysOfWeek: ['mon', 'tue', 'wed', 'thu', 'fri'], availableStartTime: '09:00:00', availableEndTime: '17:00:00' }
]

interface Wanted {
  name: string
  email: string
  phone?: string
  secret?: string
  role?: 'STAFF' | 'CLINIC_ADMIN'
  extensions?: object[]
}
/** The body of the document's POST /v1/users. */
function user({ name, email, phone, secret, role = 'STAFF', extensions = [] }: Wanted): AccountRole {
  const sent = userAccount(email, name)
  const [person] = sent.contained
  if (phone) person.telecom!.push({ system: 'phone', value: phone })
  if (secret)
    person.extension = [password(secret), { url: password('').url.replace('password', 'login'), valueString: email }]
  return {
    ...sent,
    code: [{ coding: [{ system: MEMBERSHIP_ROLE, code: role }] }],
    ...(extensions.length > 0 && { extension: extensions as NonNullable<PractitionerRole['extension']> })
  }
}

let server: TestServer
let maria: PractitionerRole
beforeAll(async () => {
  server = await (await testServer()).as('demo-es')
})
afterAll(() => server?.close())

const membership = async ({ id }: PractitionerRole) =>
  (
    await server.sql(
      `select m.* from memberships m join practitioner_roles r on r.membership_id = m.id where r.id = $1`,
      [id]
    )
  )[0]!
const patch = (id: string | undefined, operations: object[]) =>
  server.http
    .patch(`/fhir/R4/PractitionerRole/${id}`)
    .set('Authorization', `Bearer ${server.token}`)
    .type('application/json-patch+json')
    .send(JSON.stringify(operations))
const actions = async (id: string | undefined) =>
  server.sql<{ action: string; detail: Record<string, unknown> }>(
    'select action, detail from audit_logs where entity_id = $1 order by created_at, id',
    [id]
  )

describe('method 1: flag an existing user', () => {
  test('the user is there, and is no provider', async () => {
    const sent = user({ name: 'Dr. María García', email: 'maria.garcia@namsec.es', phone: '+34612345678' })
    const answer = await server.post('PractitionerRole', sent)
    expect(answer.status).toBe(201)
    maria = answer.body as PractitionerRole
    expect(maria.extension).toContainEqual(flag(false))
    expect(maria.extension).toContainEqual(status('approved'))
    expect(await membership(maria)).toMatchObject({ is_provider: false, membership_role: 'STAFF', status: 'approved' })
  })

  test('the user is found by name and by e-mail', async () => {
    for (const query of ['practitioner.name=garcia', 'practitioner.email=maria.garcia@namsec.es']) {
      const { entry = [] } = (await server.get(`PractitionerRole?${query}`)).body as Bundle
      expect(entry.map(({ resource }) => resource!.id)).toEqual([maria.id])
    }
  })

  test('PATCH of the flag answers with it, and the audit trail says so', async () => {
    const index = maria.extension!.findIndex(({ url }) => url.endsWith('/is-provider'))
    const answer = await patch(maria.id, [{ op: 'replace', path: `/extension/${index}/valueBoolean`, value: true }])
    expect([answer.status, (answer.body as PractitionerRole).extension]).toEqual([
      200,
      expect.arrayContaining([flag(true)])
    ])
    expect(await membership(maria)).toMatchObject({ is_provider: true, membership_role: 'STAFF', status: 'approved' })
    expect((await actions(maria.id)).map(({ action, detail }) => [action, detail.is_provider])).toEqual([
      ['USER_CREATED', false],
      ['PROVIDER_FLAGGED', true]
    ])
    maria = answer.body as PractitionerRole
  })

  test('the flag said twice is refused', async () => {
    const twice = { ...maria, extension: [...maria.extension!, flag(false)] }
    expect(refusal(await server.put(`PractitionerRole/${maria.id}`, twice))).toMatchObject({
      status: 422,
      expression: `PractitionerRole.extension[${maria.extension!.length}]`
    })
  })

  test('the flag is of this tenant alone', async () => {
    const rows = await server.sql(`select tenant_id, is_provider from memberships where is_provider order by 1`)
    expect(rows.filter(({ tenant_id }) => tenant_id === 'demo-es')).toHaveLength(1)
  })
})

describe('method 2: create a user as provider', () => {
  const juan: Wanted = {
    name: 'Dr. Juan López',
    email: 'juan.lopez@namsec.es',
    phone: '+34612345679',
    secret: 'SecurePassword123!',
    extensions: [flag(true), status('approved')]
  }
  let role: PractitionerRole

  test('user, membership and profile come together', async () => {
    const before = await counts(server.sql)
    const answer = await server.post('PractitionerRole', user(juan))
    expect(answer.status).toBe(201)
    role = answer.body as PractitionerRole
    expect(answer.text).not.toContain(juan.secret)
    expect(grown(before, await counts(server.sql))).toMatchObject({
      'public.users': 1,
      'public.memberships': 1,
      'public.membership_profiles': 1
    })
    const [created] = await actions(role.id)
    expect(created).toMatchObject({ action: 'USER_CREATED', detail: { is_provider: true } })
    const rows = await server.sql(`select full_name from membership_profiles where full_name = 'Dr. Juan López'`)
    expect(rows).toHaveLength(1)
  })

  test('pending and suspended are statuses to begin with; CLINIC_ADMIN is a role', async () => {
    for (const each of ['pending', 'suspended']) {
      const sent = user({ name: each, email: `${each}@namsec.es`, extensions: [flag(true), status(each)] })
      const body = (await server.post('PractitionerRole', sent)).body as PractitionerRole
      expect([body.active, (await membership(body)).status]).toEqual([false, each])
    }
    const admin = user({ name: 'Ana', email: 'ana@namsec.es', role: 'CLINIC_ADMIN' })
    const body = (await server.post('PractitionerRole', admin)).body as PractitionerRole
    expect(await membership(body)).toMatchObject({ membership_role: 'CLINIC_ADMIN' })
    const root = user({ name: 'Root', email: 'root@namsec.es' })
    root.code = [{ coding: [{ system: MEMBERSHIP_ROLE, code: 'ADMIN' }] }]
    expect(refusal(await server.post('PractitionerRole', root))).toMatchObject({ status: 422 })
  })

  test('e-mail and phone are unique over all tenants', async () => {
    const elsewhere = await server.as('demo-au')
    const same = user({ ...juan, phone: '+34612345600' })
    expect(refusal(await elsewhere.post('PractitionerRole', same))).toMatchObject({
      status: 409,
      code: 'duplicate',
      text: 'Email already in use'
    })
    const called = user({ name: 'Other', email: 'other@namsec.es', phone: juan.phone! })
    expect(refusal(await elsewhere.post('PractitionerRole', called))).toMatchObject({
      status: 409,
      text: 'Phone number already in use'
    })
  })

  test.each(['maria.garcia', 'juan@', '@namsec.es'])('%s is no e-mail address', async email => {
    expect(refusal(await server.post('PractitionerRole', user({ name: 'X', email })))).toMatchObject({
      status: 422,
      expression: 'PractitionerRole.contained[0].telecom[0].value'
    })
  })

  test('juan+provider@example.org is one, and none at all is told', async () => {
    const plus = await server.post('PractitionerRole', user({ name: 'Juan', email: 'juan+provider@example.org' }))
    expect(plus.status).toBe(201)
    const none = user({ name: 'X', email: 'x@x.example' })
    delete none.contained[0].telecom
    expect(refusal(await server.post('PractitionerRole', none)).text).toMatch(/needs an e-mail/)
  })

  test.each([
    ['612345601', '+34612345601'],
    ['+34 612 345 602', '+34612345602'],
    ['+14155551234', '+14155551234'],
    ['+525512345678', '+525512345678']
  ])('the phone number %s is kept as %s', async (phone, kept) => {
    const answer = await server.post('PractitionerRole', user({ name: 'P', email: `p${kept}@namsec.es`, phone }))
    expect(answer.status).toBe(201)
    expect(await server.sql('select 1 from users where phone_e164 = $1', [kept])).toHaveLength(1)
  })

  test('(415) 555-1234 is no Spanish number', async () => {
    const sent = user({ name: 'P', email: 'us@namsec.es', phone: '(415) 555-1234 99999' })
    expect(refusal(await server.post('PractitionerRole', sent))).toMatchObject({
      status: 422,
      expression: 'PractitionerRole.contained[0].telecom[1].value'
    })
  })

  test('without the right to manage the clinic it is 403', async () => {
    const staff = await server.as('demo-es', 'system/*.cruds')
    const told = { status: 403, text: expect.stringMatching(/^Cannot manage this clinic/) }
    const sent = user({ name: 'No', email: 'no@namsec.es' })
    expect(refusal(await staff.post('PractitionerRole', sent))).toMatchObject(told)
    const flagged = { ...role, extension: [flag(false), status('approved')] }
    expect(refusal(await staff.put(`PractitionerRole/${role.id}`, flagged))).toMatchObject(told)
    const approved = { ...role, extension: [flag(true), status('suspended')] }
    expect(refusal(await staff.put(`PractitionerRole/${role.id}`, approved))).toMatchObject(told)
    expect(refusal(await staff.delete(`PractitionerRole/${role.id}`))).toMatchObject(told)
  })

  test('the name is of the tenant: another one elsewhere does not change it', async () => {
    const practitioner = (await server.get(role.practitioner!.reference!)).body as Practitioner
    const named = { ...practitioner, name: [{ text: 'Dr. Juan López Pérez' }] }
    expect((await server.put(`Practitioner/${practitioner.id}`, named)).status).toBe(200)
    const rows = await server.sql(`select full_name from membership_profiles where full_name like 'Dr. Juan L%'`)
    expect(rows).toEqual([{ full_name: 'Dr. Juan López Pérez' }])
  })
})

describe('afterwards', () => {
  const openings = async (): Promise<number> => {
    const answer = await server.get(`Slot?schedule.actor=PractitionerRole/${maria.id}&status=free&_count=1`)
    return ((answer.body as Bundle).entry ?? []).filter(({ resource }) => resource?.resourceType === 'Slot').length
  }
  const put = async (change: object): Promise<void> => {
    const answer = await server.put(`PractitionerRole/${maria.id}`, { ...maria, ...change })
    if (answer.status !== 200) throw new Error(JSON.stringify((answer.body as OperationOutcome).issue))
    maria = answer.body as PractitionerRole
  }

  test('without hours there are no openings, with them there are', async () => {
    expect(await openings()).toBe(0)
    await put({ location: [{ reference: 'Location/madrid' }], availableTime: OFFICE_HOURS })
    expect(await openings()).toBe(1)
  })

  test('none for who is pending or suspended, or no provider any more', async () => {
    for (const [provider, each] of [
      [true, 'suspended'],
      [false, 'approved']
    ] as const) {
      await put({ extension: [flag(provider), status(each)] })
      expect(await openings()).toBe(0)
    }
    await put({ extension: [flag(true), status('approved')] })
    expect(await openings()).toBe(1)
  })
})
