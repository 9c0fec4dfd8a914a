/** Requests at once: one account a login, no lost updates, no conflicts where none is asked for. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { userAccount } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { counts, grown } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
})
afterAll(() => server?.close())

const times = <T>(count: number, f: (n: number) => T): T[] => Array.from({ length: count }, (_, n) => f(n))
const tally = (answers: { status: number }[]): Record<string, number> => {
  const found: Record<string, number> = {}
  for (const { status } of answers) found[status] = (found[status] ?? 0) + 1
  return found
}

test('20 equal accounts: one is created, 19 are told that the e-mail is in use', async () => {
  const before = await counts(server.sql)
  const answers = await Promise.all(times(20, () => server.post('PractitionerRole', userAccount('race@x.example'))))
  expect(tally(answers)).toEqual({ 201: 1, 409: 19 })
  for (const answer of answers.filter(({ status }) => status === 409))
    expect(refusal(answer)).toMatchObject({
      code: 'duplicate',
      text: expect.stringMatching(/^(Email|Login) already in use$/)
    })
  const { 'public.resource_history': documents, ...more } = grown(before, await counts(server.sql))
  expect(documents).toBe(2)
  expect(more).toEqual({
    'public.users': 1,
    'public.resource_labels': 1,
    'public.memberships': 1,
    'public.membership_profiles': 1,
    'public.practitioners': 1,
    'public.practitioner_identifiers': 1,
    'public.practitioner_names': 1,
    'public.practitioner_name_words': expect.any(Number),
    'public.practitioner_telecoms': 1,
    'public.practitioner_roles': 1,
    'public.practitioner_role_codes': 1,
    'public.audit_logs': 1,
    'public.outbox': 1
  })
})

test('20 different accounts: all are created', async () => {
  const answers = await Promise.all(times(20, n => server.post('PractitionerRole', userAccount(`race-${n}@x.example`))))
  expect(tally(answers)).toEqual({ 201: 20 })
})

const place = (name: string) => ({ resourceType: 'Location', id: 'race', name, alias: [name, name] })
const consistent = async (): Promise<string> => {
  const { name, alias } = (await server.get('Location/race')).body as ReturnType<typeof place>
  expect(alias).toEqual([name, name])
  return name
}

test('20 creations by PUT under one id: one creates, the others update', async () => {
  const answers = await Promise.all(times(20, n => server.put('Location/race', place(`v${n}`))))
  expect(tally(answers)).toEqual({ 201: 1, 200: 19 })
  await consistent()
})

test('20 updates with If-Match: one is right, the others are 412', async () => {
  const { etag } = (await server.get('Location/race')).headers as { etag: string }
  const answers = await Promise.all(times(20, n => server.put('Location/race', place(`m${n}`), { 'If-Match': etag })))
  expect(tally(answers)).toEqual({ 200: 1, 412: 19 })
  const right = answers.findIndex(({ status }) => status === 200)
  expect(await consistent()).toBe(`m${right}`)
})

test('20 updates without If-Match: all are right, each is a version of its own', async () => {
  const answers = await Promise.all(times(20, n => server.put('Location/race', place(`w${n}`))))
  expect(tally(answers)).toEqual({ 200: 20 })
  expect(new Set(answers.map(({ headers }) => headers.etag as string)).size).toBe(20)
  await consistent()
})

test('transactions that change the same two in opposite order: all are right', async () => {
  const put = (id: string, n: number) => ({
    resource: { resourceType: 'Location', id, name: `t${n}` },
    request: { method: 'PUT', url: `Location/${id}` }
  })
  const answers = await Promise.all(
    times(10, n => {
      const entry = [put('deadlock-a', n), put('deadlock-b', n)]
      return server.post('', { resourceType: 'Bundle', type: 'transaction', entry: n % 2 ? entry.reverse() : entry })
    })
  )
  expect(tally(answers)).toEqual({ 200: 10 })
  const names = await server.sql(`select distinct name from clinics where id like 'deadlock-%'`)
  expect(names).toHaveLength(1)
})
