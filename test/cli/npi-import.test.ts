/** `locum npi import`: every form in which the file is published, and what it makes of the directory. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { changed, files, FULL, lineWith, npi, sample, spreadsheet, valueOf, WEEKLY, zip } from './npi-fixture.js'

let t: TestDatabase
const { write, remove } = files()
beforeAll(async () => (t = await testDatabase()))
afterEach(() => t.sql('truncate npi_directory'))
afterAll(async () => {
  remove()
  await t.drop()
})

const LINES = sample(300)
const rows = (where = 'true') =>
  t.sql<Record<string, unknown> & { npi: string; version: number }>(
    `select *, changed_in::text from npi_directory where ${where} order by npi`
  )
const load = async (name: string, lines: readonly string[]) => {
  const ran = await npi(t.url, 'import', write(name, lines))
  if (ran.code !== 0) throw new Error(ran.said)
  return ran.said
}
const numberOf = (line: string): string => valueOf(line, 'NPI')

describe('the whole file', () => {
  test.each([1, 2] as const)('layout %i: all records, with what the columns say', async layout => {
    expect(await load(FULL, sample(300, { layout }))).toMatch(
      /^300 records in .* 300 added, 0 changed, 0 removed, 0 left out$/m
    )
    const line = lineWith(LINES, 'Provider Other Last Name Type Code', '1')
    const [row] = await rows(`npi = '${numberOf(line)}'`)
    expect(row).toMatchObject({
      entity_type: '1',
      active: true,
      family: valueOf(line, 'Provider Last Name (Legal Name)'),
      given: valueOf(line, 'Provider First Name'),
      sex: valueOf(line, 'Provider Sex Code'),
      practice_city: valueOf(line, 'Provider Business Practice Location Address City Name'),
      mailing_line1: valueOf(line, 'Provider First Line Business Mailing Address'),
      phone: valueOf(line, 'Provider Business Practice Location Address Telephone Number'),
      enumerated_on: valueOf(line, 'Provider Enumeration Date').replace(/(..)\/(..)\/(.*)/, '$3-$1-$2'),
      other_names: [{ type: '1', family: valueOf(line, 'Provider Other Last Name') }],
      taxonomies: [{ code: valueOf(line, 'Healthcare Provider Taxonomy Code_1'), primary: true }],
      family_folded: valueOf(line, 'Provider Last Name (Legal Name)').toLowerCase()
    })
    const [counts] = await t.sql(
      `select count(*) filter (where sex is not null)::int as sexed, count(*) filter (where entity_type is null)::int as gone,
         count(*) filter (where not active)::int as inactive, count(distinct entity_type)::int as types,
         count(*) filter (where jsonb_array_length(taxonomies) > 1)::int as manifold from npi_directory`
    )
    expect(counts).toMatchObject({ types: 2, gone: expect.any(Number), inactive: counts!.gone })
    for (const count of Object.values(counts!)) expect(count).toBeGreaterThan(0)
  })

  test('as ZIP, among the other files that are published with it', async () => {
    const content = `${LINES.join('\r\n')}\r\n`
    const archive = zip({
      'npidata_pfile_20050523-20250105_fileheader.csv': `${LINES[0]}\n`,
      'othername_pfile_20050523-20250105.csv': 'NPI',
      [FULL]: content
    })
    const ran = await npi(t.url, 'import', write('NPPES_Data_Dissemination_January_2025_V2.zip', archive))
    expect(ran).toMatchObject({ code: 0, said: expect.stringContaining('300 added') })
    const zipped = await rows()
    await t.sql('truncate npi_directory')
    await load(FULL, LINES)
    const bare = (row: object) => ({ ...row, updated_at: 0, changed_in: 0 })
    expect((await rows()).map(bare)).toEqual(zipped.map(bare))
  })

  test('again: records that are the same keep their version, others have the next, those that are gone are gone', async () => {
    await load(FULL, LINES)
    const before = await rows()
    const [first, second] = LINES.slice(1).filter(line => valueOf(line, 'Entity Type Code') === '1') as [string, string]
    const renamed = changed(second, { 'Provider Last Name (Legal Name)': 'RENAMED' })
    const next = LINES.filter(line => line !== first).map(line => (line === second ? renamed : line))
    expect(await load(FULL, next)).toMatch(/0 added, 1 changed, 1 removed/)
    const after = new Map((await rows()).map(row => [row.npi, row]))
    for (const row of before)
      if (row.npi === numberOf(first)) expect(after.has(row.npi)).toBe(false)
      else if (row.npi === numberOf(second))
        expect(after.get(row.npi)).toMatchObject({ family: 'RENAMED', version: row.version + 1 })
      else expect(after.get(row.npi)).toEqual(row)
  })

  test('less than half of what there is: taken for a broken file unless it is said', async () => {
    await load(FULL, LINES)
    const short = write(FULL, LINES.slice(0, 100))
    expect(await npi(t.url, 'import', short)).toMatchObject({ code: 1, said: expect.stringContaining('--shrink') })
    expect(await rows()).toHaveLength(300)
    expect(await npi(t.url, 'import', short, '--shrink')).toMatchObject({ code: 0 })
    expect(await rows()).toHaveLength(99)
  })
})

describe('increments', () => {
  test('a weekly file adds and changes, and leaves the rest', async () => {
    await load(FULL, LINES)
    const before = await rows()
    const line = lineWith(LINES, 'Entity Type Code', '2')
    const renamed = changed(line, { 'Provider Organization Name (Legal Business Name)': 'RENAMED' })
    const [header, ...fresh] = sample(20, { seed: 2 })
    const same = LINES.slice(1, 11).filter(each => each !== line)
    const said = await load(WEEKLY, [header!, ...fresh, renamed, ...same])
    expect(said).toMatch(/20 added, 1 changed, 0 removed/)
    const after = new Map((await rows()).map(row => [row.npi, row]))
    expect(after.size).toBe(320)
    for (const row of before)
      if (row.npi === numberOf(line))
        expect(after.get(row.npi)).toMatchObject({ organization_name: 'RENAMED', version: 2 })
      else expect(after.get(row.npi)).toEqual(row)
    expect(await load(WEEKLY, [header!, ...fresh, renamed, ...same])).toMatch(/0 added, 0 changed, 0 removed/)
  })

  test('a name that does not tell: the option must', async () => {
    const path = write('mine.csv', LINES.slice(0, 10))
    expect(await npi(t.url, 'import', path)).toMatchObject({ code: 1, said: expect.stringContaining('--full') })
    expect(await npi(t.url, 'import', path, '--increment')).toMatchObject({ code: 0 })
    expect(await rows()).toHaveLength(9)
  })
})

describe('deactivations', () => {
  const reports: Record<string, (npi: string) => [string, string | Buffer]> = {
    'a record of which only number and date are left': number => [
      WEEKLY,
      [
        LINES[0]!,
        changed(lineWith(LINES, 'Entity Type Code', ''), { NPI: number, 'NPI Deactivation Date': '06/01/2024' })
      ].join('\n')
    ],
    'a report as CSV': number => ['report.csv', `NPI,NPPES Deactivation Date\n${number},06/01/2024\n`],
    'a report as spreadsheet in a ZIP': number => [
      'NPPES_Deactivated_NPI_Report_061024.zip',
      zip({
        'NPPES Deactivated NPI Report 20240610.xlsx': spreadsheet([
          ['NPPES Deactivated NPI Report as of Jun 10 2024'],
          ['NPI', 'NPPES Deactivation Date'],
          [number, '06/01/2024']
        ])
      })
    ]
  }
  test.each(Object.entries(reports))('%s: what was known stays, but it is not active', async (_, report) => {
    await load(FULL, LINES)
    const line = lineWith(LINES, 'Entity Type Code', '1')
    const [before] = await rows(`npi = '${numberOf(line)}'`)
    expect(await npi(t.url, 'import', write(...report(numberOf(line))))).toMatchObject({ code: 0 })
    expect(await rows(`npi = '${numberOf(line)}'`)).toEqual([
      {
        ...before,
        active: false,
        deactivated_on: '2024-06-01',
        version: before!.version + 1,
        updated_at: expect.any(String),
        changed_in: expect.any(String)
      }
    ])
  })

  test('one that is active again', async () => {
    const line = changed(lineWith(LINES, 'Entity Type Code', '1'), {
      'NPI Deactivation Date': '06/01/2024',
      'NPI Reactivation Date': '07/01/2024'
    })
    await load(FULL, [LINES[0]!, line])
    expect(await rows()).toMatchObject([{ active: true, deactivated_on: '2024-06-01', reactivated_on: '2024-07-01' }])
  })
})
