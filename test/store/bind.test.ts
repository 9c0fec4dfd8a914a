/** Statements and transactions under a tenant: what is bound, what is undone, and in what state a connection goes back. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { transaction } from '../../src/store/postgres/bind.js'
import { connect } from '../../src/store/postgres/connect.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import type { Bound, Database, Statement } from '../../src/store/postgres/statement.js'
import { testDatabase } from '../support/database.js'

const a = { tenant: 'a', subject: 'user-a' }
const b = { tenant: 'b', subject: 'user-b' }
const say = (text: string, values: unknown[] = [], name?: string): Statement => ({
  text,
  values,
  ...(name && { name })
})
const WHO = say('select app.tenant_id() as tenant, app.user_id() as subject')
const put = (id: string, tenant = 'a') =>
  say(`insert into outbox (tenant_id, id, kind, payload) values ($1, $2, 'k', '{}')`, [tenant, id])
const QUOTIENTS = 'select 10 / $1::int as quotient, app.tenant_id() as tenant, $2::text[] as list'
const IDS = say('select id from outbox order by id')

async function onServer(): Promise<[Database, () => Promise<void>]> {
  const { database, drop } = await testDatabase()
  return [database, drop]
}
async function embedded(): Promise<[Database, () => Promise<void>]> {
  const database = await openDatabase({ dataDir: 'memory:' })
  return [database, () => database.close()]
}

describe.each([
  ['Postgres', onServer],
  ['PGlite', embedded]
])('on %s', (_, open) => {
  let database: Database
  let drop: () => Promise<void>
  beforeAll(async () => ([database, drop] = await open()))
  afterAll(() => drop())
  const ids = async (bound = a) => (await database.query<{ id: string }>(bound, IDS)).map(row => row.id)

  test('each statement is bound to its own tenant and subject', async () => {
    const answers = await Promise.all([a, b, a, b].map(bound => database.query(bound, WHO)))
    expect(answers.flat()).toEqual([a, b, a, b])
    expect(await database.system(WHO)).toEqual([{ tenant: null, subject: null }])
  })

  test('reads of one work at once share a connection, and each has its own answer', async () => {
    const work = { ...a }
    const session = say('select pg_backend_pid() as pid, app.tenant_id() as tenant')
    const [one, wrong, two] = await Promise.allSettled(
      [session, say('select 1 / 0'), session].map(statement => database.query<{ tenant: string }>(work, statement))
    )
    expect(wrong).toMatchObject({ status: 'rejected', reason: { code: '22012' } })
    expect(one).toMatchObject({ status: 'fulfilled', value: [{ tenant: 'a' }] })
    expect(two).toEqual(one)
    const many = Array.from({ length: 40 }, (_, n) => database.query(work, say('select $1::int as n', [n])))
    expect((await Promise.all(many)).flat()).toEqual(many.map((_, n) => ({ n })))
  })

  test('plans are for look-ups', async () => {
    const [planning] = await database.query(
      a,
      say(`select current_setting('jit') as jit, current_setting('random_page_cost') as random_page_cost`)
    )
    expect(planning).toEqual({ jit: 'off', random_page_cost: '1.1' })
  })

  test('values come back as the store reads them', async () => {
    const [row] = await database.query(
      a,
      say(`select 9007199254740991::bigint as int8, 1.50::numeric as numeric, '2026-01-05'::date as date,
        '2026-01-05 15:00:00+01'::timestamptz as instant, '2026-01-05 14:00:00.123987Z'::timestamptz as fine,
        '{"a": [1]}'::jsonb as json, array['2026-01-05 15:00:00+01'::timestamptz, null] as instants,
        array[1::bigint] as ints, array['2026-01-05'::date] as dates, 'infinity'::timestamptz as ever, true as yes`)
    )
    expect(row).toEqual({
      int8: 9007199254740991,
      numeric: '1.50',
      date: '2026-01-05',
      instant: '2026-01-05T14:00:00.000Z',
      fine: '2026-01-05T14:00:00.123Z',
      json: { a: [1] },
      instants: ['2026-01-05T14:00:00.000Z', null],
      ints: [1],
      dates: ['2026-01-05'],
      ever: 'infinity',
      yes: true
    })
  })

  test('a named statement may be used again and again', async () => {
    for (const value of [1, 2, 3])
      expect(await database.query(a, say('select $1::int as n', [value], 'one-number'))).toEqual([{ n: value }])
  })

  test('what a connection has prepared answers, fails and is refused as the first time', async () => {
    const divide = (by: number | null, bound: Bound = a) =>
      database.query(bound, say(QUOTIENTS, [by, [null, '"x"']], 'quotients'))
    const gone = { tenant: 'b', subject: 'out', epoch: 1000 }
    await database.system(say('select app.revoke($1, $2)', ['out', 1000]))
    for (const [by, quotient] of [
      [2, 5],
      [null, null],
      [5, 2]
    ] as const) {
      expect(await divide(by)).toEqual([{ quotient, tenant: 'a', list: [null, '"x"'] }])
      await expect(divide(0)).rejects.toMatchObject({ code: '22012' })
      await expect(divide(1, gone)).rejects.toMatchObject({ status: 401 })
      expect(await divide(1, b)).toEqual([{ quotient: 10, tenant: 'b', list: [null, '"x"'] }])
    }
  })

  test('query does not write', async () => {
    await expect(database.query(a, put('q'))).rejects.toMatchObject({ code: '25006' })
  })

  test('execute answers in order and commits', async () => {
    expect(await database.execute(a, [put('e1'), IDS, put('e2')])).toEqual([[], [{ id: 'e1' }], []])
    expect(await ids()).toEqual(expect.arrayContaining(['e1', 'e2']))
  })

  test('execute undoes all when one fails, and says which', async () => {
    const wrong = database.execute(a, [put('f1'), put('f1'), say('select nonsense')])
    await expect(wrong).rejects.toMatchObject({ code: '23505', constraint: 'outbox_pkey' })
    expect(await ids()).not.toContain('f1')
  })

  test('transaction commits what f did, and answers what f answered', async () => {
    const answer = await database.transaction(a, async trx => {
      await trx.pipeline([put('t1'), put('t2')])
      return trx.query(say('select count(*) as n from outbox where id in ($1, $2)', ['t1', 't2']))
    })
    expect(answer).toEqual([{ n: 2 }])
    expect(await ids()).toEqual(expect.arrayContaining(['t1', 't2']))
  })

  test('transaction rolls back when f throws, and throws the same', async () => {
    const failure = new Error('not this time')
    const wrong = database.transaction(a, async trx => {
      await trx.query(put('r1'))
      throw failure
    })
    await expect(wrong).rejects.toBe(failure)
    expect(await ids()).not.toContain('r1')
  })

  test('what finishes a transaction is committed with it, or undone when one fails', async () => {
    const finish = (...statements: Statement[]) => database.transaction(a, trx => trx.finish(statements))
    expect(await finish(put('c1'), IDS)).toEqual([[], expect.arrayContaining([{ id: 'c1' }])])
    await expect(finish(put('c2'), put('c1'), put('c3'))).rejects.toMatchObject({ code: '23505' })
    expect((await ids()).filter(id => id.startsWith('c'))).toEqual(['c1'])
    const late = database.transaction(a, trx => trx.finish([put('c4')]).then(() => trx.query(IDS)))
    await expect(late).rejects.toThrow(/after the end/)
    expect(await ids()).toContain('c4')
  })

  test('transaction that swallowed the failure of a statement is not called a success', async () => {
    const wrong = database.transaction(a, async trx => {
      await trx.query(put('s1'))
      await trx.query(say('select 1 / 0')).catch(() => undefined)
    })
    await expect(wrong).rejects.toThrow(/rolled back/)
    expect(await ids()).not.toContain('s1')
  })

  test('transaction refuses statements after its end', async () => {
    const late = await database.transaction(a, async trx => () => trx.query(IDS))
    await expect(late()).rejects.toThrow(/after the end/)
  })

  test('transaction goes on for another tenant, and the next statement is not bound to it', async () => {
    await database.transaction(a, async trx => {
      await trx.rebind('b')
      await trx.query(put('in-b', 'b'))
    })
    expect(await ids(b)).toContain('in-b')
    expect(await database.query(a, WHO)).toEqual([a])
  })

  describe('a revoked subject', () => {
    const old = { tenant: 'a', subject: 'gone', epoch: 1000 }
    const refused = { status: 401 }
    beforeAll(async () => {
      await database.execute(a, [put('seen')])
      await database.system(say('select app.revoke($1, $2)', ['gone', 1000]))
    })

    test('is refused by query, execute, transaction and rebind', async () => {
      await expect(database.query(old, IDS)).rejects.toMatchObject(refused)
      await expect(database.query({ tenant: 'a', subject: 'gone' }, IDS)).rejects.toMatchObject(refused)
      await expect(database.execute(old, [IDS])).rejects.toMatchObject(refused)
      await expect(database.transaction(old, trx => trx.query(IDS))).rejects.toMatchObject(refused)
      await expect(database.transaction(old, async () => 'nothing')).rejects.toMatchObject(refused)
    })

    test('leaves no effect, not even through a door', async () => {
      await expect(database.execute(old, [say('select app.revoke($1, $2)', ['victim', 5])])).rejects.toMatchObject(
        refused
      )
      expect(await database.query({ tenant: 'a', subject: 'victim', epoch: 5 }, WHO)).toHaveLength(1)
    })

    test('sees nothing in a statement that follows the binding unawaited', async () => {
      expect(await database.execute(a, [say(`select app.bind('a', 'gone', 1000) as alive`), IDS])).toEqual([
        [{ alive: false }],
        []
      ])
    })

    test('may work with a later token, and an earlier revocation takes nothing back', async () => {
      await database.system(say('select app.revoke($1, $2)', ['gone', 10]))
      expect(await database.query({ ...old, epoch: 1001 }, WHO)).toEqual([{ tenant: 'a', subject: 'gone' }])
      await expect(database.query(old, IDS)).rejects.toMatchObject(refused)
    })
  })

  test('the outbox is claimed over all tenants, each entry by one, and settled', async () => {
    await database.execute(b, [put('mail', 'b')])
    const claim = say(`select tenant_id, id, attempts from app.claim_outbox(100, interval '1 minute')`)
    const claimed = await database.system<{ tenant_id: string; id: string }>(claim)
    expect(new Set(claimed.map(row => row.tenant_id))).toEqual(new Set(['a', 'b']))
    expect(await database.system(claim)).toEqual([])
    await database.system(say('select app.settle_outbox($1, $2)', ['b', 'mail']))
    const done = say(`select done_at is not null as done, attempts from outbox where id = 'mail'`)
    expect(await database.query(b, done)).toEqual([{ done: true, attempts: 1 }])
  })

  test('migrate finds nothing to do, and the role is taken again', async () => {
    expect(await database.migrate()).toEqual([])
    await expect(database.execute(a, [put('x', 'b')])).rejects.toMatchObject({ code: '42501' })
  })
})

test('a connection that breaks fails its statement only, and is told as a reason to come again', async () => {
  const { database, sql, drop } = await testDatabase()
  const kill = `select pg_terminate_backend(pid) as done from pg_stat_activity where query like '%pg_sleep(20)%' and pid <> pg_backend_pid()`
  const sleep = say('select pg_sleep(20)')
  for (const work of [
    () => database.query(a, sleep),
    () => database.execute(a, [put('cut'), sleep]),
    () => database.transaction(a, async trx => trx.finish([put('cut'), sleep]))
  ]) {
    const slow = expect(work()).rejects.toMatchObject({
      status: 503,
      headers: { 'Retry-After': '2' },
      cause: { code: '57P01' }
    })
    while ((await sql(kill)).length === 0) await new Promise(done => setTimeout(done, 20))
    await slow
    expect(await database.query(a, WHO)).toEqual([a])
  }
  expect(await database.query(a, IDS)).toEqual([])
  await drop()
})

test('whoever cannot reach the database is told to come again', async () => {
  const pool = connect({ host: '/nowhere', user: 'nobody' })
  const refused = { status: 503, headers: { 'Retry-After': '2' }, cause: { code: 'ENOENT' } }
  await expect(transaction(pool, a, trx => trx.query(WHO))).rejects.toMatchObject(refused)
  await pool.end()
})

test('a statement that takes too long is cancelled, and the connection serves on', async () => {
  const { url, drop } = await testDatabase()
  const database = await openDatabase({ databaseUrl: url, dataDir: '', poolSize: 1, statementTimeout: 100 })
  await expect(database.query(a, say('select pg_sleep(5)'))).rejects.toMatchObject({ code: '57014' })
  expect(await database.query(a, WHO)).toEqual([a])
  await database.close()
  await drop()
})

test('whoever waits too long for a connection is told to come again, and others are served on', async () => {
  const { url, drop } = await testDatabase()
  const database = await openDatabase({ databaseUrl: url, dataDir: '', poolSize: 1, connectionTimeout: 100 })
  const long = database.query(a, say('select pg_sleep(0.5)'))
  await new Promise(done => setTimeout(done, 20))
  for (const late of [database.transaction(a, trx => trx.query(WHO)), database.execute(b, [WHO])])
    await expect(late).rejects.toMatchObject({ status: 503, headers: { 'Retry-After': '2' } })
  await long
  expect(await database.query(a, WHO)).toEqual([a])
  await database.close()
  await drop()
})

test('what the owner of the database says of its disks holds', async () => {
  const { database, sql, url, drop } = await testDatabase()
  try {
    await sql(`alter database ${new URL(url).pathname.slice(1)} set random_page_cost = 3`)
    expect(await database.query(a, say(`select current_setting('random_page_cost') as cost`))).toEqual([{ cost: '3' }])
  } finally {
    await drop()
  }
})
