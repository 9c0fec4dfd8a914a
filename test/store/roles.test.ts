/** Users of the database that are no superusers: what they must be granted, and what they are told when they are not. */
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { asOwner, migrateSchema } from '../../src/store/postgres/migrate.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { owner, session } from '../support/owner.js'
import { lampTables } from './lamps.js'

const name = `plain_${randomUUID().slice(0, 8)}`
const a = { tenant: 'a', subject: 's' }
const count = { text: 'select count(*) as n from lamps', values: [] }
let t: TestDatabase

beforeAll(async () => {
  t = await testDatabase()
  await t.sql(`create role ${name} login password 'plain'`)
})
afterAll(async () => {
  await owner(urlOf('postgres', 'superuser'), `drop database if exists ${name} with (force)`)
  await t.sql(`drop owned by ${name}`)
  await t.sql(`drop role ${name}`)
  await t.drop()
})

function urlOf(database: string, user?: 'superuser'): string {
  const url = new URL(t.url)
  url.pathname = `/${database}`
  if (!user) [url.username, url.password] = [name, 'plain']
  return url.toString()
}

test('a user who may not take the server’s role is told what to grant, and may work then', async () => {
  const databaseUrl = urlOf(new URL(t.url).pathname.slice(1))
  const database = await openDatabase({ databaseUrl, dataDir: '' })
  const who = { text: 'select current_user', values: [] }
  await expect(database.query(a, who)).rejects.toThrow(/may not take the role locum_server: .*"grant locum_server to/)
  await t.sql(`grant locum_server to ${name}`)
  expect(await database.query(a, who)).toEqual([{ current_user: 'locum_server' }])
  await t.sql(`revoke locum_server from ${name}`)
  await database.close()
})

test('an owner who is no superuser migrates, sees all tenants by foreign SQL, and one as the server', async () => {
  await t.sql(`create database ${name} owner ${name} template template0`)
  const url = urlOf(name)
  const migrate = () => asOwner({ connectionString: url }, migrateSchema)
  await expect(migrate()).rejects.toThrow(
    `let a superuser run "create role locum_server nologin; grant locum_server to ${name};" once`
  )
  await t.sql(`grant locum_server to ${name}`)
  expect(await migrate()).toContain('0001-floor')
  await asOwner({ connectionString: url }, lampTables)

  const { sql, close } = session(url)
  await sql(`insert into lamps (tenant_id, id) values ('a', '1'), ('b', '1'), ('b', '2')`)
  await sql(`insert into lamp_parts (tenant_id, lamp_id, position) values ('b', '1', 0)`)
  expect(await sql('select tenant_id, id, version from lamps order by 1, 2')).toEqual([
    { tenant_id: 'a', id: '1', version: 1 },
    { tenant_id: 'b', id: '1', version: 2 },
    { tenant_id: 'b', id: '2', version: 1 }
  ])
  await close()

  const database = await openDatabase({ databaseUrl: url, dataDir: '' })
  expect(await database.query(a, count)).toEqual([{ n: 1 }])
  await database.close()
})

test('a database without the schema says what to run', async () => {
  await t.sql(`create database ${name}_empty template template0`)
  const database = await openDatabase({ databaseUrl: urlOf(`${name}_empty`, 'superuser'), dataDir: '' })
  await expect(database.query(a, count)).rejects.toThrow(/locum migrate/)
  await database.close()
  await t.sql(`drop database ${name}_empty with (force)`)
})
