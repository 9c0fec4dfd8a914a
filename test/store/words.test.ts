/** What text search looks into follows every change, whoever makes it. */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { session } from '../support/owner.js'

let t: TestDatabase
beforeAll(async () => (t = await testDatabase()))
afterAll(() => t.drop())
beforeEach(() => t.sql('delete from practitioners; delete from clinics; delete from organizations'))

const bound = (tenant: string) => ({ tenant, subject: 'reader' })
const words = async (table: string, key: string, id = 'p'): Promise<string[]> => {
  const rows = await t.sql<{ word: string }>(
    `select kind || ' ' || folded || coalesce(' = ' || raw, '') as word from ${table} where ${key} = $1 order by position`,
    [id]
  )
  return rows.map(({ word }) => word).sort()
}
const nameWords = (id?: string) => words('practitioner_name_words', 'practitioner_id', id)
const clinicWords = () => words('clinic_address_words', 'clinic_id')
const practitioner = (id: string, tenant = 'a') =>
  t.sql('insert into practitioners (tenant_id, id) values ($1, $2)', [tenant, id])
const addName = (id: string, position: number, columns: string, values: string, tenant = 'a') =>
  t.sql(
    `insert into practitioner_names (tenant_id, practitioner_id, position, ${columns}) values ('${tenant}', '${id}', ${position}, ${values})`
  )

describe('words of names', () => {
  beforeEach(async () => {
    await practitioner('p')
    await addName(
      'p',
      0,
      'family, given, prefix, suffix',
      `'Van der Bérg', array['Ana María', null], array['Dr.'], array['MD']`
    )
  })

  test('each part as written and folded, later words apart, and never as written', async () => {
    expect(await nameWords()).toEqual(
      [
        'family van der berg = Van der Bérg',
        'given ana maria = Ana María',
        'prefix dr. = Dr.',
        'suffix md = MD',
        'word berg',
        'word der',
        'word maria'
      ].sort()
    )
  })

  test('a second name, a changed one and one that goes', async () => {
    await addName('p', 1, 'text', `'Ana B.'`)
    expect(await nameWords()).toEqual(
      expect.arrayContaining(['text ana b. = Ana B.', 'word b.', 'family van der berg = Van der Bérg'])
    )
    await t.sql(`update practitioner_names set family = 'Roe', given = null where position = 0`)
    expect(await nameWords()).toEqual([
      'family roe = Roe',
      'prefix dr. = Dr.',
      'suffix md = MD',
      'text ana b. = Ana B.',
      'word b.'
    ])
    await t.sql('delete from practitioner_names where position = 0')
    expect(await nameWords()).toEqual(['text ana b. = Ana B.', 'word b.'])
    await t.sql('delete from practitioners')
    expect(await nameWords()).toEqual([])
  })

  test('a name that moves to another practitioner', async () => {
    await practitioner('q')
    await t.sql(`update practitioner_names set practitioner_id = 'q'`)
    expect([(await nameWords('p')).length, (await nameWords('q')).length]).toEqual([0, 7])
  })

  test('one statement over many practitioners', async () => {
    await t.sql(`insert into practitioners (tenant_id, id) select 'a', 'm' || n from generate_series(1, 50) n`)
    await t.sql(`insert into practitioner_names (tenant_id, practitioner_id, position, family)
      select 'a', 'm' || n, 0, 'Family ' || n from generate_series(1, 50) n`)
    expect(await nameWords('m50')).toEqual(['family family 50 = Family 50', 'word 50'])
  })

  test('a text too long for an index is found by its beginning', async () => {
    await addName('p', 1, 'text', `repeat('Ümlaut ', 1000)`)
    const [row] = await t.sql(
      `select length(folded) as length, length(raw) as raw from practitioner_name_words where kind = 'text'`
    )
    expect(row).toEqual({ length: 400, raw: 7000 })
  })

  test('words are rebuilt for a change of what they come from, not for others', async () => {
    const written = () => t.sql('select distinct xmin::text from practitioner_name_words')
    const before = await written()
    await t.sql(`update practitioner_names set use = 'official'`)
    expect(await written()).toEqual(before)
    await t.sql(`update practitioner_names set family = 'Other'`)
    expect(await written()).not.toEqual(before)
  })

  test('the server sees those of its tenant, by table and by view, and writes none', async () => {
    await practitioner('p', 'b')
    await addName('p', 0, 'family', `'Foreign'`, 'b')
    for (const table of ['practitioner_name_words', 'practitioner_name_words_search']) {
      const query = { text: `select distinct tenant_id from ${table}`, values: [] }
      expect(await t.database.query(bound('a'), query)).toEqual([{ tenant_id: 'a' }])
      expect(await t.database.query(bound(''), query)).toEqual([])
    }
    const write = { text: `update practitioner_name_words set folded = 'x'`, values: [] }
    await expect(t.database.execute(bound('a'), [write])).rejects.toMatchObject({ code: '42501' })
  })

  test(':contains reaches the trigram index as the server’s role', async () => {
    await t.sql(`insert into practitioners (tenant_id, id) select 'a', 'm' || n from generate_series(1, 2000) n`)
    await t.sql(`insert into practitioner_names (tenant_id, practitioner_id, position, family)
      select 'a', 'm' || n, 0, md5(n::text) from generate_series(1, 2000) n`)
    await t.sql('analyze practitioner_name_words')
    const explain = `explain select practitioner_id from practitioner_name_words_search
      where texts like '%nosuch%' and texts like '%nor%'`
    const statements = ['set local enable_seqscan = off', explain].map(text => ({ text, values: [] }))
    const plan = await t.database.execute(bound('a'), statements)
    expect(JSON.stringify(plan)).toContain('practitioner_name_words_trigrams')
  })
})

describe('all texts of a root', () => {
  const texts = async (): Promise<unknown[]> =>
    (await t.sql('select texts from practitioner_name_words where texts is not null')).map(row => row.texts)

  test('lie in one row, which follows them', async () => {
    await practitioner('p')
    await addName('p', 0, 'family, given', `'Bérg', array['Ana', 'María']`)
    await addName('p', 1, 'text', `'Annie'`)
    expect(await texts()).toEqual(['berg\nana\nmaria\nannie'])
    await t.sql('delete from practitioner_names where position = 0')
    expect(await texts()).toEqual(['annie'])
    await t.sql('delete from practitioner_names')
    expect(await texts()).toEqual([])
  })

  test('of an address, too', async () => {
    await t.sql(`insert into clinics (tenant_id, id, address_city, address_state) values ('a', 'p', 'Lugo', 'Galicia')`)
    const [row] = await t.sql('select texts from clinic_address_words where texts is not null')
    expect(row).toEqual({ texts: 'lugo\ngalicia' })
  })
})

describe('words of members', () => {
  const profile = (name: string | null, id = 'm'): Promise<unknown> =>
    t.sql(`insert into membership_profiles (tenant_id, membership_id, full_name) values ('a', $1, $2)`, [id, name])
  const member = async (id: string): Promise<void> => {
    await t.sql('insert into users (id, username) values ($1, $1)', [id])
    await t.sql(`insert into memberships (tenant_id, id, user_id) values ('a', $1, $1)`, [id])
  }
  beforeEach(async () => {
    await t.sql('delete from membership_profiles; delete from memberships; delete from users')
    await member('m')
  })
  const ana = ['member ana roe = Ana Roe', 'word roe']

  test('of the full name, whichever row comes first', async () => {
    await profile('Ana Roe')
    await t.sql(`insert into practitioners (tenant_id, id, membership_id) values ('a', 'p', 'm')`)
    expect(await nameWords()).toEqual(ana)
    await addName('p', 0, 'family', `'Doe'`)
    expect(await nameWords()).toEqual(['family doe = Doe', ...ana])
    await t.sql(`delete from membership_profiles`)
    expect(await nameWords()).toEqual(['family doe = Doe'])
    await profile('Ana Roe')
    expect(await nameWords()).toEqual(['family doe = Doe', ...ana])
  })

  test('follow the full name and the membership, and go with the practitioner', async () => {
    await profile('Ana Roe')
    await practitioner('p')
    await t.sql(`update practitioners set membership_id = 'm'`)
    expect(await nameWords()).toEqual(ana)
    await t.sql(`update membership_profiles set full_name = 'Bea'`)
    expect(await nameWords()).toEqual(['member bea = Bea'])
    await t.sql(`update membership_profiles set full_name = null`)
    expect(await nameWords()).toEqual([])
    await t.sql(`update membership_profiles set full_name = 'Ana Roe'`)
    await t.sql(`update practitioners set deleted_at = now()`)
    expect(await nameWords()).toEqual([])
    await t.sql(`update practitioners set deleted_at = null`)
    expect(await nameWords()).toEqual(ana)
    await t.sql(`update practitioners set membership_id = null`)
    expect(await nameWords()).toEqual([])
  })

  test('are right when the full name and the names change at once', async () => {
    await profile('Ana Roe')
    await t.sql(`insert into practitioners (tenant_id, id, membership_id) values ('a', 'p', 'm')`)
    await addName('p', 0, 'family', `'Doe'`)
    const other = session(t.url)
    await other.sql('begin')
    await other.sql(`update practitioner_names set family = 'Poe'`)
    const changed = t.sql(`update membership_profiles set full_name = 'Bea'`)
    await sleep(100)
    await other.sql('commit')
    await other.close()
    await changed
    expect(await nameWords()).toEqual(['family poe = Poe', 'member bea = Bea'])
  })

  test('are looked up by the practitioner while statistics know of no member', async () => {
    const many = 'generate_series(1, 2000) n'
    await t.sql('set session_replication_role = replica')
    await t.sql(`insert into practitioners (tenant_id, id) select 'a', 'p' || n from ${many}`)
    await t.sql('analyze practitioners, membership_profiles')
    await t.sql(`update practitioners set membership_id = 'm' || id`)
    await t.sql(
      `insert into membership_profiles (tenant_id, membership_id, full_name) select 'a', 'mp' || n, 'Ana' from ${many}`
    )
    await t.sql('reset session_replication_role')
    const names = (from: number, to: number): Promise<unknown> =>
      t.sql(`insert into practitioner_names (tenant_id, practitioner_id, position, family)
        select 'a', 'p' || n, 0, 'Doe' from generate_series(${from}, ${to}) n`)
    // The plan is made for one, and kept.
    for (let n = 1; n <= 10; n++) await names(n, n)
    await t.sql('begin')
    await names(11, 100)
    const [row] = await t.sql<{ read: number }>(
      `select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read)::int as read from pg_stat_xact_user_tables
       where relname in ('practitioners', 'membership_profiles')`
    )
    await t.sql('rollback')
    expect(row!.read).toBeLessThan(10_000)
  })

  test('are those of the own tenant’s member', async () => {
    await t.sql(`insert into memberships (tenant_id, id, user_id) values ('b', 'm', 'm')`)
    await profile('Ana Roe')
    await t.sql(`insert into practitioners (tenant_id, id, membership_id) values ('b', 'p', 'm')`)
    expect(await nameWords()).toEqual([])
    await t.sql(`insert into membership_profiles (tenant_id, membership_id, full_name) values ('b', 'm', 'Foreign')`)
    expect(await nameWords()).toEqual(['member foreign = Foreign'])
    await t.sql(`update membership_profiles set full_name = 'Other' where tenant_id = 'a'`)
    expect(await nameWords()).toEqual(['member foreign = Foreign'])
  })
})

describe('words of addresses', () => {
  test('of a child table', async () => {
    await t.sql(`insert into organizations (tenant_id, id) values ('a', 'p')`)
    await t.sql(`insert into organization_addresses (tenant_id, organization_id, position, line, city, postal_code, rest)
      values ('a', 'p', 0, array['1 Main St'], 'Málaga', '29001', '{"district": "Centro"}')`)
    expect(await words('organization_address_words', 'organization_id')).toEqual(
      [
        'line 1 main st = 1 Main St',
        'city malaga = Málaga',
        'postalcode 29001 = 29001',
        'district centro = Centro',
        'word main',
        'word st'
      ].sort()
    )
  })

  test('of the root itself: with it, and only when the address changes', async () => {
    await t.sql(
      `insert into clinics (tenant_id, id, name, address_city, rest) values ('a', 'p', 'Clinic', 'Lugo', '{"address": {"district": "Old"}}')`
    )
    expect(await clinicWords()).toEqual(['city lugo = Lugo', 'district old = Old'])
    const written = () => t.sql('select distinct xmin::text from clinic_address_words')
    const before = await written()
    await t.sql(`update clinics set name = 'Other', version = 9`)
    await t.sql(`insert into clinic_telecoms (tenant_id, clinic_id, position) values ('a', 'p', 0)`)
    expect(await written()).toEqual(before)
    await t.sql(`update clinics set address_city = 'Vigo', rest = '{}'`)
    expect(await clinicWords()).toEqual(['city vigo = Vigo'])
    await t.sql('delete from clinics')
    expect(await clinicWords()).toEqual([])
  })
})
