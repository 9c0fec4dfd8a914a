/** What is remembered of a search's statement is what would be made anew, for all types, parameters and kinds of names. */
import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { registry } from '../../src/resources/index.js'
import { parseSearch } from '../../src/search/parse.js'
import { COMMON_PARAMS, type SearchParam } from '../../src/search/definition.js'
import type { SearchPlan } from '../../src/search/plan.js'
import type { Registry } from '../../src/search/registry.js'
import { pageText } from '../../src/store/postgres/search/page.js'
import { remembered } from '../../src/store/postgres/search/remembered.js'
import { SqlText } from '../../src/store/postgres/search/sql-text.js'
import type { Statement } from '../../src/store/postgres/statement.js'

const NPI = 'http://hl7.org/fhir/sid/us-npi'
const plan = (type: string, query: string): SearchPlan =>
  parseSearch(registry, type, query, {
    base: 'http://here/fhir/R4',
    strict: true,
    maxCount: 1000,
    now: new Date('2026-01-01T00:00:00Z')
  })

let made = 0
function make(wanted: SearchPlan): Statement | undefined {
  made++
  const sql = new SqlText()
  const text = pageText(sql, registry, wanted)
  return text === undefined ? undefined : sql.statement(text)
}

/** With a memory of its own for each registry that is given. */
const ask = (memory: Registry, type: string, query: string): Statement | undefined =>
  remembered(memory, plan(type, query), make)

/** Kinds of names, and of each some that differ in digits: numbers that are an NPI and such that are none, ids, UUIDs. */
const KINDS = [
  ['1234567893', '1234567894', '1003000126'],
  ['12345678', '00000000', '98765432'],
  ['npi-1234567893', 'npi-0000000001', 'npi-0000000004'],
  ...['p-', 't-', 'f-', 's.'].map(prefix => [`${prefix}0001`, `${prefix}1234`, `${prefix}0002`]),
  [
    '6e0e2a7c-98f4-4b4f-9a55-0c1c8a3e7d10',
    '00000000-0000-4000-8000-000000000001',
    'ffffffff-ffff-4fff-8fff-ffffffffffff'
  ],
  ...['male', 'female', 'true', 'false', 'v2', 'v3', 'phone', 'x'].map(name => [name, name, name])
]
const SYSTEMS = ['', '|', `${NPI}|`, 'http://hl7.org/fhir/administrative-gender|', 'urn:a|', 'urn:b|']
const MODIFIERS = ['', ':not', ':identifier', ':of-type', ':above', ':below']

/** Of a parameter all that may be asked for, the names written as `{n}`: of kind n. */
function asked(type: string, { name, targets = [] }: SearchParam): string[] {
  const [tokens, ids] = [SYSTEMS.flatMap(each => KINDS.map((_, n) => `${each}{${n}}`)), KINDS.map((_, n) => `{${n}}`)]
  const values = [...tokens, '{0},{0}', '{0},{1}', 'urn:a|,{0}', 'urn:a|MR|{0}', 'urn:b|MR|{0}', 'urn:a|XX|{0}']
  const typed = targets.flatMap(target => [`:${target}=`, `=${target}/`].flatMap(way => ids.map(id => name + way + id)))
  const chained = targets
    .filter(target => registry.has(target))
    .flatMap(target => ids.flatMap(id => ['_id', '_id:not', 'identifier'].map(key => `${name}:${target}.${key}=${id}`)))
  const all = [
    ...MODIFIERS.flatMap(modifier => values.map(value => `${name}${modifier}=${value}`)),
    ...typed,
    ...chained
  ]
  return all.filter(query => isAsked(type, query))
}

/** Some are no values, or ask for more than there is. */
function isAsked(type: string, query: string): boolean {
  try {
    return Boolean(plan(type, spelled(query, 0)))
  } catch {
    return false
  }
}

const spelled = (query: string, turn: number): string =>
  query.replace(/\{(\d+)\}/g, (_, kind: string) => KINDS[Number(kind)]![turn]!).replaceAll('|', '%7C')

function compare(memory: Registry, type: string, query: string): boolean {
  const wanted = plan(type, query)
  const known = remembered(memory, wanted, make)
  if (!known) return false
  const anew = make(wanted)
  if (known.text !== anew?.text || known.values.join('\0') !== anew.values.join('\0'))
    expect({ type, query, ...known }).toEqual({ type, query, ...anew })
  return true
}

/** The others under SOAK: they are declared in the same ways. */
const TYPES = process.env.SOAK ? [...registry.keys()] : ['Practitioner', 'Organization', 'Schedule']

test.each(TYPES)('%s: the statement is the one that would be made, whatever is asked for', type => {
  const { search } = registry.get(type)!
  for (const param of [...search, ...COMMON_PARAMS].filter(each => ['token', 'reference'].includes(each.type))) {
    const queries = asked(type, param)
    for (let start = 0; start < queries.length; start += 400) {
      const memory: Registry = new Map()
      const some = queries.slice(start, start + 400)
      const hits = [0, 1, 2].map(turn => some.filter(query => compare(memory, type, spelled(query, turn))).length)
      expect(hits[2]).toBeGreaterThan(0)
    }
  }
})

test('so are those of several conditions, in any order, sorted, and of other pages', () => {
  const memory: Registry = new Map()
  const names = fc.constantFrom('1234567893', '1003000126', '12345', '99999', 'a', 'male')
  const condition = fc
    .tuple(fc.constantFrom('identifier', 'identifier:not', 'gender', '_id'), names)
    .map(pair => pair.join('='))
  const more = fc.constantFrom('', '_count=1', '_sort=_id', '_sort=-_lastUpdated')
  let hits = 0
  fc.assert(
    fc.property(fc.array(condition, { minLength: 1, maxLength: 2 }), more, (conditions, last) => {
      if (compare(memory, 'Practitioner', [...conditions, last].join('&'))) hits++
    }),
    { numRuns: 3000 }
  )
  expect(hits).toBeGreaterThan(1000)
})

test('the third search of a shape is not made any more', () => {
  const memory: Registry = new Map()
  const npi = (number: string): Statement | undefined => ask(memory, 'Practitioner', `identifier=${NPI}|${number}`)
  expect([npi('1234567893'), npi('1003000126')]).toEqual([undefined, undefined])
  made = 0
  expect(npi('1999999984')!.values).toContain('1999999984')
  expect(made).toBe(0)
})

test('what differs in more than digits is another shape', () => {
  const memory: Registry = new Map()
  const texts = [
    'identifier=1234567893',
    'identifier=12345678',
    'identifier=|1234567893',
    'gender=male',
    'gender=female'
  ]
  for (const query of [...texts, ...texts]) ask(memory, 'Practitioner', query)
  for (const query of texts) {
    const { text, values } = make(plan('Practitioner', query))!
    expect(ask(memory, 'Practitioner', query)).toEqual({ text, values })
  }
})

test('no more shapes than there is room for; what has many names is made each time', () => {
  const memory: Registry = new Map()
  for (let n = 0; n < 3; n++) ask(memory, 'Practitioner', `gender=male`)
  expect(ask(memory, 'Practitioner', `gender=male`)).toBeDefined()
  for (let n = 0; n < 500; n++) ask(memory, 'Practitioner', `gender=${'x'.repeat(n + 1)}`)
  expect(ask(memory, 'Practitioner', `gender=male`)).toBeUndefined()
  const many = Array.from({ length: 60 }, (_, n) => 1_000_000 + n).join()
  for (let n = 0; n < 4; n++) expect(ask(memory, 'Practitioner', `identifier=${many}`)).toBeUndefined()
})
