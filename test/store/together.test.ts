/** Inserts that stand beside each other go out as one statement; what triggers before a row read is written before it. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { together, type Insert } from '../../src/store/postgres/together.js'
import type { Statement } from '../../src/store/postgres/statement.js'
import { testDatabase, type TestDatabase } from '../support/database.js'

let t: TestDatabase
beforeAll(async () => (t = await testDatabase()))
afterAll(() => t.drop())

const put = (id: string): Insert => ({
  text: `insert into outbox (tenant_id, id, kind, payload) values ('a', $1, $2, '{}')`,
  values: [id, `kind of ${id}`],
  stage: 'children'
})
const COUNT: Statement = { text: 'select count(*) as n from outbox', values: [] }

test('neighbours of one stage are one, in the order of what stands between them', async () => {
  const statements = together([put('x'), put('y'), COUNT, put('z'), { ...put('w'), stage: 'rows' }])
  expect(statements.map(({ values }) => values.length)).toEqual([4, 0, 2, 2])
  const [, counted] = await t.database.execute({ tenant: 'a', subject: 's' }, statements)
  expect(counted).toEqual([{ n: 2 }])
  expect(await t.sql('select id, kind from outbox order by id')).toEqual(
    ['w', 'x', 'y', 'z'].map(id => ({ id, kind: `kind of ${id}` }))
  )
})

test('triggers before a row read nothing that is written in its stage', async () => {
  const found = await t.sql<{ trigger: string }>(
    `select tgrelid::regclass || ' ' || tgname as trigger from pg_trigger
     where not tgisinternal and tgtype & 1 = 1 and tgtype & 2 = 2 and tgtype & 4 = 4 order by 1`
  )
  const own = found.map(({ trigger }) => trigger).filter(trigger => !trigger.endsWith(' start_version'))
  // Of the row itself; of practitioners, who come later; of memberships, which come before.
  expect(own).toEqual([
    'memberships lacks_of_membership',
    'practitioner_roles active_by_membership',
    'practitioners active_by_status'
  ])
})
