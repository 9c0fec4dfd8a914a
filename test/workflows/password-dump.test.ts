/** The password of a created user is in nothing that the database keeps: tables, statistics, files, write-ahead log. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { PractitionerRole } from 'fhir/r4.js'
import { CROWD } from '../../seeds/demo/directory.js'
import { clinicalUser } from '../support/account.js'
import { postLogin } from '../support/login.js'
import { tablesWith } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

const SECRET = 'Open 7 sesames, please'
const LOGIN = 'dumped.login'
let server: TestServer
let role: PractitionerRole
let wal: string[]
beforeAll(async () => {
  server = await testServer()
  const at = async () =>
    (await server.sql<{ name: string }>('select pg_walfile_name(pg_current_wal_lsn()) as name'))[0]!.name
  const before = await at()
  const sent = clinicalUser(CROWD[5]!, {
    login: LOGIN,
    password: SECRET,
    email: `${LOGIN}@x.example`,
    tags: ['VERIFIED']
  })
  role = (await server.post('PractitionerRole', sent).expect(201)).body as PractitionerRole
  expect((await postLogin(server, LOGIN, SECRET)).status).toBe(200)
  wal = [...new Set([before, await at()])]
  await server.sql('checkpoint')
})
afterAll(() => server?.close())

/** Files of the database in which the bytes stand. */
async function filesWith(text: string): Promise<string[]> {
  const files = await server.sql<{ file: string }>(
    `with base as (select 'base/' || oid as folder from pg_database where datname = current_database()),
       files as (select folder || '/' || name as file from base, pg_ls_dir(folder) name where name ~ '^[0-9]'
         union all select 'pg_wal/' || name from unnest($2::text[]) name)
     select file from files where position(convert_to($1, 'UTF8') in pg_read_binary_file(file, true)) > 0`,
    [text, wal]
  )
  return files.map(({ file }) => file)
}

test('the search finds what is there: the login, in files and in the log', async () => {
  const files = await filesWith(LOGIN)
  expect(files.some(file => file.startsWith('base/'))).toBe(true)
  expect(files.some(file => file.startsWith('pg_wal/'))).toBe(true)
  expect(await tablesWith(server.sql, LOGIN)).toContain('public.users')
})

test('not in a table, a file, the log of writes, a statement that is remembered, nor in what was logged', async () => {
  expect(await tablesWith(server.sql, SECRET)).toEqual([])
  expect(await filesWith(SECRET)).toEqual([])
  await server.sql('analyze users')
  for (const view of ['pg_stat_activity', 'pg_stats', 'pg_prepared_statements']) {
    const rows = JSON.stringify(
      await server.sql(`select * from ${view} where ${view}::text not like '%pg_read_binary%'`)
    )
    expect(rows).not.toContain(SECRET)
  }
  expect(server.logged()).not.toContain(SECRET)
})

test('nor in an answer: role, practitioner, histories, audit trail; nor is the login', async () => {
  const paths = [
    `PractitionerRole/${role.id}`,
    `PractitionerRole/${role.id}/_history`,
    role.practitioner!.reference!,
    `${role.practitioner!.reference}/_history`,
    '_history?_count=200',
    'AuditEvent?_count=200'
  ]
  for (const path of paths) {
    const answer = await server.get(path)
    expect([path, answer.status]).toEqual([path, 200])
    expect(answer.text).not.toContain(SECRET)
    expect(answer.text).not.toContain(`"${LOGIN}"`)
    expect(answer.text).not.toContain('argon2')
  }
})
