/** P14, P17 in a tenant of Australia: who lacks something to prescribe offers no Slots; check digits as the tenant says. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { luhnDigit } from '../../src/domain/identifiers/check-digit.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { userAccount } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

const HPII = 'http://ns.electronichealth.net.au/id/hi/hpii/1.0'
const NUMBER = 'http://ns.electronichealth.net.au/id/medicare-prescriber-number'
const access = (code: string) => [{ coding: [{ system: `${CANONICAL}/CodeSystem/access-role`, code }] }]
const hpii = (stem: string) => ({ system: HPII, value: stem + luhnDigit(stem) })
let server: TestServer
beforeAll(async () => {
  server = await (await testServer()).as('demo-au')
})
afterAll(() => server?.close())

test('no Slots until nothing is missing any more, and none again once something is', async () => {
  const { body: location } = await server.post('Location', {
    resourceType: 'Location',
    name: 'Surgery',
    status: 'active'
  })
  const sent = {
    ...userAccount('prescriber@x.example'),
    code: access('rx_reader'),
    location: [{ reference: `Location/${location.id}` }],
    availableTime: [{ allDay: true }]
  }
  let role = (await server.post('PractitionerRole', sent).expect(201)).body as PractitionerRole
  const slots = async () => {
    const path = `Slot?schedule.actor=${role.practitioner!.reference}&status=free&_count=5`
    return ((await server.get(path).expect(200)).body as Bundle).entry?.length ?? 0
  }
  const become = async (code: string) => {
    const { body } = await server.get(`PractitionerRole/${role.id}`)
    role = (
      await server.put(`PractitionerRole/${role.id}`, { ...body, extension: undefined, code: access(code) }).expect(200)
    ).body
  }
  await become('provider')
  expect(await slots()).toBe(0)
  const { body: before } = await server.get(role.practitioner!.reference!)
  const details = {
    identifier: [...before.identifier, hpii('800361490000001'), { system: NUMBER, value: '1234567' }],
    extension: [
      {
        url: `${CANONICAL}/StructureDefinition/prescriber-type`,
        valueCodeableConcept: { coding: [{ system: `${CANONICAL}/CodeSystem/prescriber-type`, code: 'M' }] }
      }
    ],
    qualification: [{ code: { text: 'MD' } }],
    birthDate: '1975-12-25',
    gender: 'male'
  }
  const put = async (change: object) => {
    const { body } = await server.get(role.practitioner!.reference!)
    await server.put(role.practitioner!.reference!, { ...body, ...change }).expect(200)
  }
  const { gender: _gender, ...some } = details
  await put(some)
  expect(await slots()).toBe(0)
  await put(details)
  expect(await slots()).toBe(5)
  await put({ birthDate: undefined })
  expect(await slots()).toBe(0)
  await put(details)
  expect(await slots()).toBe(5)
})

test.each<['error' | 'warn' | 'off', number, boolean]>([
  ['error', 422, false],
  ['warn', 201, true],
  ['off', 201, false]
])('a wrong check digit under %s: %i', async (severity, status, warned) => {
  await server.http
    .patch('/tenant/config/validation')
    .set({ Authorization: `Bearer ${server.token}`, 'Content-Type': 'application/merge-patch+json' })
    .send(JSON.stringify({ identifiers: { [HPII]: severity } }))
    .expect(200)
  const wrong = (n: number) => `80036149000010${n}${(Number(luhnDigit(`80036149000010${n}`)) + 1) % 10}`
  const value = wrong({ error: 1, warn: 2, off: 3 }[severity])
  const practitioner: Practitioner = {
    resourceType: 'Practitioner',
    identifier: [{ system: HPII, value }],
    name: [{ family: 'Digit' }]
  }
  const answer = await server.post('Practitioner', practitioner, { Prefer: 'return=OperationOutcome' })
  expect(answer.status).toBe(status)
  if (status === 422) expect(refusal(answer).expression).toBe('Practitioner.identifier[0].value')
  expect(/check digit/.test(answer.text)).toBe(warned || status === 422)
})
