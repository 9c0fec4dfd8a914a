/** Query strings and the conditions that they become; what is ignored, and what is refused. */
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { FhirError } from '../../src/fhir/errors.js'
import { parseSearch, type SearchOptions } from '../../src/search/parse.js'
import type { Condition, SearchPlan } from '../../src/search/plan.js'
import { registry } from './made-up.js'

const OPTIONS: SearchOptions = {
  base: 'http://here/fhir/R4',
  strict: false,
  maxCount: 1000,
  now: new Date('2026-01-01T00:00:00Z')
}
const parse = (query: string, type = 'Person', options: Partial<SearchOptions> = {}): SearchPlan =>
  parseSearch(registry, type, query, { ...OPTIONS, ...options })

/** A condition as short text: the parameter by its name. */
function short(condition: Condition): unknown {
  if (condition.kind === 'any') return { any: condition.of.map(short) }
  if (condition.kind === 'either') return { either: condition.of.map(where => where.map(short)) }
  const { kind, param, ...rest } = condition
  if (kind === 'param') {
    const { modifier, values } = rest as Extract<Condition, { kind: 'param' }>
    return { [`${param.name}${modifier ? `:${modifier}` : ''}`]: values.map(({ form: _, ...value }) => value) }
  }
  if (kind === 'missing') return { [param.name]: (condition as { missing: boolean }).missing ? 'missing' : 'there' }
  const inner = (rest as { where: Condition[] }).where.map(short)
  const way = kind === 'chain' ? (rest as { target: string }).target : `has ${(rest as { source: string }).source}`
  return { [`${param.name} ${way}`]: inner }
}
const conditions = (query: string, type?: string): unknown[] => parse(query, type).where.map(short)

function refusal(query: string, type?: string, options?: Partial<SearchOptions>): [number, string, string] {
  try {
    parse(query, type, options)
  } catch (error) {
    const { status, issues } = error as FhirError
    return [status, issues[0]!.code, issues[0]!.text]
  }
  throw new Error(`${query} was not refused`)
}

describe('values', () => {
  test.each([
    ['code=a', [{ code: 'a' }]],
    ['code=s|a', [{ system: 's', code: 'a' }]],
    ['code=%7Ca', [{ system: null, code: 'a' }]],
    ['code=s|', [{ system: 's' }]],
    ['code=http://x/y|1,2', [{ system: 'http://x/y', code: '1' }, { code: '2' }]],
    [String.raw`code=a\,b,c\|d,s|e\|f|g`, [{ code: 'a,b' }, { code: 'c|d' }, { system: 's', code: 'e|f|g' }]],
    [String.raw`code=\\,\$x,\y`, [{ code: '\\' }, { code: '$x' }, { code: '\\y' }]],
    ['code=a,,b,', [{ code: 'a' }, { code: 'b' }]],
    ['name=John+Sm%C3%ADth', [{ text: 'John Smíth' }]],
    ['team=1', [{ type: 'Team', id: '1', bare: true }]],
    ['team=Team/1', [{ type: 'Team', id: '1' }]],
    ['team=http://here/fhir/R4/Team/1', [{ type: 'Team', id: '1' }]],
    ['team=http://there/fhir/Team/1', [{ url: 'http://there/fhir/Team/1' }]],
    ['team=Team/1/_history/3', [{ type: 'Team', id: '1' }]],
    ['active=true', [{ code: 'true' }]],
    ['home=urn:a%26b', [{ uri: 'urn:a&b' }]]
  ])('%s', (query, values) => {
    expect(Object.values(conditions(query)[0] as object)).toEqual([values])
  })

  test.each([
    ['born=2026', 'eq', '2026-01-01T00:00:00.000Z', '2027-01-01T00:00:00.000Z'],
    ['born=ge2024-02', 'ge', '2024-02-01T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['born=lt2024-02-29', 'lt', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    ['born=2026-01-05T14:00Z', 'eq', '2026-01-05T14:00:00.000Z', '2026-01-05T14:01:00.000Z'],
    ['born=2026-01-05T14:00:30-05:00', 'eq', '2026-01-05T19:00:30.000Z', '2026-01-05T19:00:31.000Z'],
    ['born=2026-01-05T14:00:30+05:00', 'eq', '2026-01-05T09:00:30.000Z', '2026-01-05T09:00:31.000Z'],
    ['born=2026-01-05T14:00:30%2B05:30', 'eq', '2026-01-05T08:30:30.000Z', '2026-01-05T08:30:31.000Z'],
    ['born=2026-01-05T14:00:00.5Z', 'eq', '2026-01-05T14:00:00.500Z', '2026-01-05T14:00:00.600Z'],
    ['born=2026-01-05T14:00:00.123456Z', 'eq', '2026-01-05T14:00:00.123Z', '2026-01-05T14:00:00.124Z'],
    ['born=9999', 'eq', '9999-01-01T00:00:00.000Z', '10000-01-01T00:00:00.000Z'],
    ['born=ap2025-12-22', 'ap', '2025-12-21T00:00:00.000Z', '2025-12-24T00:00:00.000Z']
  ])('%s', (query, prefix, low, high) => {
    const [condition] = parse(query).where
    expect((condition as { values: unknown[] }).values).toEqual([expect.objectContaining({ prefix, low, high })])
  })

  test('a date without a zone is of the zone that is handed in', () => {
    const instantOf = (local: string): number => Date.parse(`${local}Z`) - 11 * 3_600_000
    const [condition] = parse('born=2026-01-05', 'Person', { instantOf }).where
    expect((condition as { values: unknown[] }).values).toEqual([
      expect.objectContaining({
        low: '2026-01-04T13:00:00.000Z',
        high: '2026-01-05T13:00:00.000Z',
        local: { low: '2026-01-05T00:00:00.000', high: '2026-01-06T00:00:00.000' }
      })
    ])
  })
})

describe('names', () => {
  test.each<[string, string, unknown]>([
    ['name:exact=A', 'Person', { 'name:exact': [{ text: 'A' }] }],
    ['code:not=a', 'Person', { 'code:not': [{ code: 'a' }] }],
    ['code:text=a b', 'Person', { 'code:text': [{ text: 'a b' }] }],
    ['code:of-type=s|MR|12', 'Person', { 'code:of-type': [{ code: '12', type: { system: 's', code: 'MR' } }] }],
    ['boss:identifier=s|1', 'Person', { 'boss:identifier': [{ system: 's', code: '1' }] }],
    ['boss:missing=true', 'Person', { boss: 'missing' }],
    ['owner:Person=1', 'Team', { owner: [{ type: 'Person', id: '1', bare: true }] }],
    ['owner=1', 'Team', { owner: [{ id: '1', bare: true }] }],
    ['team:below=1', 'Person', { 'team:below': [{ type: 'Team', id: '1', bare: true }] }],
    ['home:below=urn:a', 'Person', { 'home:below': [{ uri: 'urn:a' }] }],
    ['team.name=x', 'Person', { 'team Team': [{ name: [{ text: 'x' }] }] }],
    [
      'team:Team.owner:Person.code:not=x',
      'Person',
      { 'team Team': [{ 'owner Person': [{ 'code:not': [{ code: 'x' }] }] }] }
    ],
    ['team.owner=Person/1', 'Person', { 'team Team': [{ owner: [{ type: 'Person', id: '1' }] }] }],
    [
      'owner.name=x',
      'Team',
      { any: [{ 'owner Person': [{ name: [{ text: 'x' }] }] }, { 'owner Team': [{ name: [{ text: 'x' }] }] }] }
    ],
    ['owner.code=x', 'Team', { 'owner Person': [{ code: [{ code: 'x' }] }] }],
    ['_has:Person:team:name=x', 'Team', { 'team has Person': [{ name: [{ text: 'x' }] }] }],
    [
      '_has:Person:team:_has:Team:owner:name:exact=x',
      'Team',
      { 'team has Person': [{ 'owner has Team': [{ 'name:exact': [{ text: 'x' }] }] }] }
    ],
    ['_has:Person:team:boss.name=x', 'Team', { 'team has Person': [{ 'boss Person': [{ name: [{ text: 'x' }] }] }] }],
    ['boss._id=x', 'Person', { 'boss Person': [{ _id: [{ code: 'x' }] }] }]
  ])('%s of %s', (query, type, condition) => {
    expect(conditions(query, type)).toEqual([condition])
  })

  test('repetition is AND, in order', () => {
    expect(conditions('code=a&code=b&name=c')).toEqual([
      { code: [{ code: 'a' }] },
      { code: [{ code: 'b' }] },
      { name: [{ text: 'c' }] }
    ])
  })
})

describe('refused whatever the handling', () => {
  test.each([
    ['born=2026-13-40', 'value', /"2026-13-40" is not a value for born; give a date that exists/],
    ['born=2026-02-29', 'value', /born/],
    ['born=0000', 'value', /born/],
    ['born=2026-01-05T24:00:00Z', 'value', /born/],
    ['born=xx2026', 'value', /born/],
    ['near=1', 'value', /give latitude.longitude/],
    ['near=91|0', 'value', /near/],
    ['near=1|2|-3', 'value', /near/],
    ['near=1|2|3|furlong', 'value', /near/],
    ['near=1|2|3|km|4', 'value', /near/],
    ['near=1|1e3', 'value', /near/],
    ['born=2026-01-05T10:00+15:00', 'value', /born/],
    ['_lastUpdated=yesterday', 'value', /_lastUpdated/],
    ['active=yes', 'value', /true or false/],
    ['active:missing=maybe', 'value', /true or false/],
    ['code=|', 'value', /system\|code/],
    ['code:of-type=a|b', 'value', /type system\|type code\|value/],
    ['code:in=x', 'invalid', /no modifier :in, only :missing, :not, :text, :of-type/],
    ['name:not=x', 'invalid', /only :missing, :exact, :contains/],
    ['status:of-type=a|b|c', 'invalid', /only :missing, :not$/],
    ['name:exact:exact=x', 'invalid', /modifier :exact:exact/],
    ['team=Person/1', 'value', /a reference to Team/],
    ['team=Team:1', 'value', /team; give id, Type\/id or an absolute URL/],
    ['team=a b', 'value', /Type\/id/],
    ['_has:Team=x', 'invalid', /_has:PractitionerRole:practitioner:role/],
    ['_count=-1', 'value', /whole number from 0 to 1000/],
    ['_count=many', 'value', /_count/],
    ['_total=some', 'value', /none, estimate or accurate/],
    ['_include=Person', 'value', /must look like/],
    ['name=%E0%A4', 'invalid', /percent-encoded/],
    ['name=a%00b', 'invalid', /NUL/],
    ['name=%CC%81', 'value', /more than accents/],
    ['name:contains=%20%CC%81', 'value', /more than accents/],
    ['code:text=%CC%81', 'value', /more than accents/],
    ['boss.boss.boss.boss.boss.boss.boss.name=x', 'too-costly', /more than 6 references/],
    [`code=${'a,'.repeat(1001)}`, 'too-costly', /more than 1000 values/]
  ])('%s', (query, code, text) => {
    expect(refusal(query)).toEqual([400, code, expect.stringMatching(text)])
  })
})

describe('left out, and named; refused when strict', () => {
  test.each([
    ['colour=red', 'colour', /no search parameter colour/],
    ['name=', 'name', /no value/],
    ['team.colour=red', 'team.colour', /Team has no search parameter colour/],
    ['team:Person.name=x', 'team:Person.name', /not to Person/],
    ['name.x=1', 'name.x', /no reference/],
    ['_has:Person:name:name=x', '_has:Person:name:name', /does not refer to Person/],
    ['_has:Dog:owner:name=x', '_has:Dog:owner:name', /no Dog/],
    ['_include=Person:name', '_include', /no reference name/],
    ['_include=Team:owner', '_include', /not from Team/],
    ['_revinclude=Person:boss:Team', '_revinclude', /does not refer to Team/],
    ['_sort=colour', '_sort', /sorted by colour/],
    ['_text=x', '_text', /no search parameter _text/]
  ])('%s', (query, name, reason) => {
    const plan = parse(`status=a&${query}`)
    expect(plan.ignored).toEqual([{ name, reason: expect.stringMatching(reason) }])
    expect(plan.used).toEqual([['status', 'a']])
    expect(refusal(query, 'Person', { strict: true })).toEqual([400, 'not-supported', expect.stringMatching(reason)])
  })
})

test('parameters about the result and the form', () => {
  const plan = parse('_sort=-born,name&_count=5000&_total=accurate&_elements=name&_pretty=true&_cursor=abc&_count=3')
  expect(plan.sort.map(({ param, descending }) => [param.name, descending])).toEqual([
    ['born', true],
    ['name', false]
  ])
  expect(plan).toMatchObject({ count: 1000, total: 'accurate', cursor: 'abc', where: [] })
  expect(plan.used).toEqual([
    ['_sort', '-born,name'],
    ['_count', '1000'],
    ['_total', 'accurate'],
    ['_elements', 'name'],
    ['_pretty', 'true']
  ])
  expect(plan.ignored).toEqual([{ name: '_count', reason: expect.stringContaining('more than once') }])
  expect(parse('')).toMatchObject({ count: 20, total: 'auto' })
  expect([parse('_summary=count').count, parse('_summary=count&_count=9').count]).toEqual([0, 0])
})

test.each<[string, string, unknown[]]>([
  ['_include=Person:boss', 'Person', [['Person', 'boss', undefined, false, false]]],
  ['_include:iterate=Team:owner:Person', 'Person', [['Team', 'owner', 'Person', false, true]]],
  ['_revinclude=Person:team', 'Team', [['Person', 'team', undefined, true, false]]],
  [
    '_include=Person:*',
    'Person',
    [
      ['Person', 'team', undefined, false, false],
      ['Person', 'boss', undefined, false, false]
    ]
  ],
  [
    '_include=*',
    'Team',
    [
      ['Team', 'partof', undefined, false, false],
      ['Team', 'owner', undefined, false, false]
    ]
  ],
  [
    '_revinclude=*',
    'Person',
    [
      ['Person', 'boss', undefined, true, false],
      ['Team', 'owner', undefined, true, false]
    ]
  ]
])('%s of %s', (query, type, includes) => {
  const found = parse(query, type).includes
  expect(found.map(each => [each.source, each.param.name, each.target, each.reverse, each.iterate])).toEqual(includes)
})

test('what is asked again asks for nothing more', () => {
  const plan = parse('name=ana&name=ana&name=bo&_sort=name,-code,-name,name&_count=5&_count=5')
  expect(plan.where).toHaveLength(2)
  expect(plan.sort.map(({ param, descending }) => [param.name, descending])).toEqual([
    ['name', false],
    ['code', true]
  ])
  expect(plan.ignored).toEqual([])
})

test('no query string makes anything but a plan or a refusal', () => {
  const piece = fc.constantFrom(
    'name',
    'code',
    'team',
    'owner',
    '_has',
    'born',
    'Person',
    'Team',
    '_include',
    '_sort',
    'missing'
  )
  const glue = fc.constantFrom(':', '.', '=', '&', ',', '|', '\\', '%', '+', '-', '2026', 'ge', ' ', '%7C', '%00')
  const query = fc.array(fc.oneof(piece, glue, fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 12 })
  fc.assert(
    fc.property(query, fc.boolean(), (parts, strict) => {
      try {
        const plan = parse(parts.join(''), 'Person', { strict })
        expect(strict && plan.ignored.length > 0).toBe(false)
      } catch (error) {
        expect(error).toBeInstanceOf(FhirError)
        expect((error as FhirError).status).toBe(400)
      }
    }),
    { numRuns: 3000 }
  )
})
