/** P15: $disable in one process ends the sessions of the user in another one, with the very next request. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { PractitionerRole } from 'fhir/r4.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser } from '../support/account.js'
import { processes } from '../support/process.js'
import { testServer, type TestServer } from '../support/server.js'

const PASSWORD = 'a password for elsewhere'
const { start, endAll } = processes(new URL('./booking-process.ts', import.meta.url))
let server: TestServer
let base: string
beforeAll(async () => {
  server = await testServer()
  const child = start(server.url, new Date().toISOString())
  await child.lines(1)
  base = `http://127.0.0.1:${child.said[0]}`
}, 120_000)
afterAll(async () => {
  await endAll()
  await server?.close()
})

const login = async (username: string) =>
  fetch(`${base}/auth/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: PASSWORD })
  })

test.each(['$disable', '$erase'])('%s', async operation => {
  const n = operation.length
  const username = `elsewhere.${n}`
  const sent = clinicalUser(CROWD[n]!, {
    login: username,
    password: PASSWORD,
    email: `${username}@x.example`,
    tags: ['VERIFIED']
  })
  const role = (await server.post('PractitionerRole', sent).expect(201)).body as PractitionerRole
  const { access_token: token } = (await (await login(username)).json()) as { access_token: string }
  const asked = async (path: string, method = 'GET') =>
    (await fetch(`${base}${path}`, { method, headers: { Authorization: `Bearer ${token}` } })).status
  expect([await asked('/fhir/R4/Location'), await asked('/me')]).toEqual([200, 200])
  await server.post(`${role.practitioner!.reference}/${operation}`, '').expect(200)
  expect([
    await asked('/fhir/R4/Location'),
    await asked('/me'),
    await asked('/tenant/config'),
    await asked('/fhir/R4/Slot/x', 'DELETE')
  ]).toEqual([401, 401, 401, 401])
  // Erased, there is no such login any more; disabled, it is told to who has the password.
  expect((await login(username)).status).toBe(operation === '$erase' ? 401 : 403)
})
