/** 50 at once: one login over all tenants, one NPI a tenant; who loses leaves nothing behind. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser, login, userAccount, type AccountRole } from '../support/account.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let servers: TestServer[]
beforeAll(async () => {
  const demo = await testServer()
  servers = [demo, await demo.as('demo-au'), await demo.as('demo-es'), await demo.as('demo-north')]
})
afterAll(() => servers?.[0]?.close())

/** 50 requests, by turns from the tenants. */
const race = (made: (n: number) => AccountRole, from: TestServer[]) =>
  Promise.all(Array.from({ length: 50 }, (_, n) => from[n % from.length]!.post('PractitionerRole', made(n))))

/** Rows that hang on nothing: each membership has its user, profile, practitioner and role. */
const orphans = async (): Promise<unknown[]> =>
  servers[0]!.sql(
    `select 'user' as of, u.id from users u where not exists (select from memberships m where m.user_id = u.id)
     union all select 'membership', m.id from memberships m where not exists (select from users u where u.id = m.user_id)
       or not exists (select from membership_profiles p where p.tenant_id = m.tenant_id and p.membership_id = m.id)
       or not exists (select from practitioners p where p.tenant_id = m.tenant_id and p.membership_id = m.id)
       or not exists (select from practitioner_roles r where r.tenant_id = m.tenant_id and r.membership_id = m.id)
     union all select 'history', h.id from resource_history h where h.type = 'PractitionerRole'
       and not exists (select from practitioner_roles r where r.tenant_id = h.tenant_id and r.id = h.id)
     union all select 'outbox', o.id from outbox o where not exists (select from users u where u.id = o.payload ->> 'user_id')`
  )

async function oneWins(answers: Awaited<ReturnType<typeof race>>, text: RegExp): Promise<void> {
  expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
  for (const answer of answers.filter(({ status }) => status !== 201))
    expect(refusal(answer)).toMatchObject({ status: 409, code: 'duplicate', text: expect.stringMatching(text) })
  expect(await orphans()).toEqual([])
}

test('one e-mail over all tenants', async () => {
  await oneWins(await race(() => userAccount('race@x.example'), servers), /^(Email|Login) already in use$/)
})

test('one login over all tenants', async () => {
  const made = (n: number): AccountRole => {
    const sent = userAccount(`racer.${n}@x.example`)
    sent.contained[0].extension = [login(n % 2 ? 'The.Racer' : 'the.racer')]
    return sent
  }
  await oneWins(await race(made, servers), /^Login already in use$/)
})

test('one NPI within a tenant', async () => {
  const made = (n: number): AccountRole => clinicalUser(CROWD[70]!, { login: `npi.${n}`, email: `npi.${n}@x.example` })
  await oneWins(await race(made, [servers[0]!]), /NPI already/)
})

test('one NPI in two tenants at once: both', async () => {
  const there = (tenant: string, n: number) =>
    clinicalUser(CROWD[71]!, { login: `two.${n}`, email: `two.${n}@x.example`, tenant })
  const answers = await Promise.all(
    ['demo', 'demo-north'].map((tenant, n) => servers[0]!.post('PractitionerRole', there(tenant, n)))
  )
  expect(answers.map(({ status }) => status)).toEqual([201, 201])
  expect(await orphans()).toEqual([])
})

test('many users in one Bundle: all, or an account of each entry that is wrong', async () => {
  const bundle = (roles: AccountRole[]) => ({
    resourceType: 'Bundle',
    type: 'transaction',
    entry: roles.map(resource => ({ resource, request: { method: 'POST', url: 'PractitionerRole' } }))
  })
  const people = Array.from({ length: 60 }, (_, n) => userAccount(`bulk.${n}@x.example`, `Bulk ${n}`))
  const wrong = people.map(each => structuredClone(each))
  wrong[7]!.contained[0].telecom![0]!.value = 'nothing'
  wrong[20]!.contained[0].telecom![0]!.value = 'bulk.3@x.example'
  wrong[40]!.contained[0].telecom![0]!.value = 'race@x.example'
  const refused = await servers[0]!.post('', bundle(wrong))
  const issues = (refused.body as { issue: { severity: string; details: { text: string }; expression: string[] }[] })
    .issue
  const told = issues.filter(({ severity }) => severity === 'error')
  expect(told.map(each => [each.expression[0]!.replace(/\.contained.*/, ''), each.details.text])).toEqual([
    ['Bundle.entry[7].resource', expect.stringMatching(/^E-mail must be one address/)],
    ['Bundle.entry[20].resource', expect.stringMatching(/^Email already in use: Bundle.entry\[3\]/)],
    ['Bundle.entry[20].resource', expect.stringMatching(/^Login already in use: Bundle.entry\[3\]/)],
    ['Bundle.entry[40].resource', 'Email already in use'],
    ['Bundle.entry[40].resource', 'Login already in use']
  ])
  expect(refused.status).toBe(422)
  const answer = await servers[0]!.post('', bundle(people))
  expect(answer.status).toBe(200)
  expect(await orphans()).toEqual([])
})
