/** `locum npi import` on files that are not as they should be: what is told, and that the directory stays as it was. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { testDatabase, type TestDatabase } from '../support/database.js'
import { changed, files, FULL, lineWith, npi, sample, valueOf, WEEKLY, zip } from './npi-fixture.js'

let t: TestDatabase
const { write, remove } = files()
const LINES = sample(60)
beforeAll(async () => (t = await testDatabase()))
beforeEach(async () => {
  await t.sql('truncate npi_directory')
  await t.sql(`insert into npi_directory (npi, entity_type, family) values ('1234567893', '1', 'Before')`)
})
afterAll(async () => {
  remove()
  await t.drop()
})

const families = async (): Promise<unknown[]> =>
  (await t.sql('select family from npi_directory order by npi')).map(({ family }) => family)
const PERSON = lineWith(LINES, 'Entity Type Code', '1')
const person = (values: Record<string, string>): string => changed(PERSON, values)

const BAD: [name: string, line: string, reason: string][] = [
  ['a wrong check digit', person({ NPI: '2000000000' }), 'NPI check digit is 0'],
  ['no number', person({ NPI: 'x' }), 'NPI needs ten digits: "x"'],
  ['a type that is none', person({ 'Entity Type Code': '3' }), 'Entity Type Code is 1 or 2, not "3"'],
  [
    'neither type nor deactivation',
    person({ 'Entity Type Code': '' }),
    'neither Entity Type Code nor NPI Deactivation'
  ],
  ['a day that is none', person({ 'Provider Enumeration Date': '02/30/2020' }), 'is no date: "02/30/2020"'],
  ['no name', person({ 'Provider Last Name (Legal Name)': '' }), 'it has no name'],
  ['too few values', PERSON.slice(0, -3), 'it has 329 values, the header 330'],
  ['too many values', `${PERSON},""`, 'it has 331 values, the header 330'],
  ['a quote amiss', PERSON.replace('"', '"a"b'), 'the quotes do not match']
]

describe('bad records', () => {
  test.each(BAD)('%s: told by line and left out', async (_, line, reason) => {
    const good = LINES.filter(each => each !== PERSON).slice(0, 20)
    const ran = await npi(t.url, 'import', write(FULL, [...good.slice(0, 9), line, ...good.slice(9)]))
    expect(ran.said).toContain(`line 10: left out: `)
    expect(ran.said).toContain(reason)
    expect(ran.said).toMatch(/^19 records .* 19 added, 0 changed, 1 removed, 1 left out$/m)
    expect(ran.code).toBe(0)
  })

  test('a number that comes twice: the last record counts', async () => {
    const again = person({ 'Provider Last Name (Legal Name)': 'LAST' })
    const ran = await npi(t.url, 'import', write(WEEKLY, [LINES[0]!, PERSON, LINES[2]!, again]))
    expect(ran).toMatchObject({
      code: 0,
      said: expect.stringMatching(/line 2: left out: NPI \d+ comes again in line 4/)
    })
    expect(await families()).toContain('LAST')
  })

  test('more than --max-bad: exit code 2, nothing changed; with a higher limit it goes on', async () => {
    const bad = BAD.map(([, line]) => line)
    const path = write(FULL, [...LINES, ...bad])
    const ran = await npi(t.url, 'import', path, '--max-bad', String(bad.length - 1))
    expect(ran).toMatchObject({ code: 2, said: expect.stringContaining(`More than ${bad.length - 1} bad records`) })
    expect(await families()).toEqual(['Before'])
    expect(await npi(t.url, 'import', path, '--max-bad', String(bad.length))).toMatchObject({ code: 0 })
    expect(await families()).toHaveLength(60)
  })

  test('values that CSV, COPY or FHIR have words for arrive as they are', async () => {
    const name = 'A\\N, "B"\t& <C>'
    const line = person({ 'Provider Last Name (Legal Name)': name.replaceAll('"', '""') })
    expect(await npi(t.url, 'import', write(WEEKLY, [LINES[0]!, line]))).toMatchObject({ code: 0 })
    expect(await families()).toContain(name.replace('\t', ' '))
  })
})

const REFUSED: [name: string, file: string, content: string | Buffer | string[], words: string][] = [
  ['an empty file', FULL, '', 'does not begin with a header'],
  ['no header', FULL, LINES.slice(1), 'does not begin with a header'],
  ['a header only', FULL, LINES.slice(0, 1), 'The file has no record'],
  [
    'a column with a name of its own',
    FULL,
    [
      LINES[0]!.replace('Provider First Line Business Practice Location Address', 'Practice Address'),
      ...LINES.slice(1)
    ],
    'no column "Provider First Line Business Practice Location Address"'
  ],
  [
    'another table',
    'othername_pfile_20050523-20250105.csv',
    'NPI,Provider Other Organization Name\n1,x\n',
    '"Entity Type Code"'
  ],
  ['another archive', 'x.zip', zip({ 'readme.txt': 'hello' }), 'holds neither npidata_pfile_*.csv nor'],
  ['a broken archive', 'x.zip', 'PK no', 'x.zip']
]

test.each(REFUSED)('%s: refused in a line, and nothing is changed', async (_, file, content, words) => {
  const ran = await npi(t.url, 'import', write(file, content))
  expect(ran).toMatchObject({ code: 1, said: expect.stringContaining(words) })
  expect(ran.said.trimEnd()).not.toContain('\n')
  expect(await families()).toEqual(['Before'])
})

test('a file that is not there', async () => {
  expect(await npi(t.url, 'import', '/nowhere/npi.csv')).toMatchObject({
    code: 1,
    said: expect.stringContaining('/nowhere/npi.csv')
  })
})

test('the numbers of a sample are valid and differ, whatever the seed', () => {
  const numbers = [1, 2].flatMap(seed =>
    sample(200, { seed })
      .slice(1)
      .map(line => valueOf(line, 'NPI'))
  )
  expect(new Set(numbers).size).toBe(400)
  expect(sample(5, { seed: 3 })).toEqual(sample(5, { seed: 3 }))
})
