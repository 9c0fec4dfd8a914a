/** Random worlds of the made-up types, small enough that things meet, and random queries on them. */
import fc from 'fast-check'
import type { Code, Person, Registered, Team, World } from './search-tables.js'

const oneOf = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values)
const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | null> => fc.option(value, { freq: 3 })

const TEXTS = ['Ana', 'ana', 'Aná Li', 'an', 'Bo', 'bob', 'Bo  b', 'ß', '100%', 'a_b', 'a\\b', 'Ž', 'x-y']
const SYSTEMS = ['urn:number', 'urn:s', 'urn:t']
const CODES = ['1', '2', '3', 'a', 'A']
const MOMENTS = [
  '2025-12-31T23:59:59.999Z',
  '2026-01-01T00:00:00Z',
  '2026-01-01T10:30:00Z',
  '2026-01-02T00:00:00Z',
  '2026-02-10T08:00:00Z',
  '2027-01-01T00:00:00Z'
]
const DAYS = ['2025-12-31', '2026-01-01', '2026-01-02', '2026-01-31', '2026-02-01']
const DATES = [
  '2025',
  '2026',
  '2026-01',
  '2026-02',
  ...DAYS,
  '2026-01-01T10:30:00Z',
  '2026-01-01T10:30Z',
  '2026-01-01T00:00:00.000Z',
  '2026-01-01T23:30:00-02:00'
]
const URIS = ['urn:a', 'urn:a/b', 'urn:a/b/c', 'urn:b']
const PEOPLE = ['p1', 'p2', 'p3', 'P3', 'p4', 'p5', 'p-6']
const TEAMS = ['t1', 't2', 't3', 't4']
const REGISTERED = ['x-1', 'x-2', 'x-3']

/** Two near each other, two on either side of the date line, one at a pole. */
const POINTS = [
  [42.65, -73.75],
  [42.7, -73.8],
  [-17, 179.99],
  [-17, -179.99],
  [89.99, 10]
] as const
const near = fc
  .tuple(
    fc.constantFrom(...POINTS, [89.98, -170] as const),
    oneOf('', '|0', '|1|m', '|7', '|10|km', '|100|[mi_i]', '|21000')
  )
  .map(([point, distance]) => point.join('|') + distance)
const tag = fc.record({ system: maybe(oneOf(...SYSTEMS)), code: oneOf(...CODES), display: maybe(oneOf(...TEXTS)) })

const code: fc.Arbitrary<Code> = fc.record({
  system: maybe(oneOf(...SYSTEMS)),
  code: maybe(oneOf(...CODES)),
  display: maybe(oneOf(...TEXTS)),
  type_system: maybe(oneOf('urn:types')),
  type_code: maybe(oneOf('MR', 'NPI'))
})

const root = (id: string): { [K in 'id' | 'updated']: fc.Arbitrary<string> } & { deleted: fc.Arbitrary<boolean> } => ({
  id: fc.constant(id),
  deleted: fc.boolean().map(deleted => deleted && id.endsWith('4')),
  updated: oneOf(...MOMENTS)
})

const person = (id: string): fc.Arbitrary<Person> =>
  fc.record({
    type: fc.constant('Person' as const),
    ...root(id),
    status: maybe(oneOf('on', 'off')),
    active: maybe(fc.boolean()),
    born: maybe(oneOf(...DAYS)),
    started: maybe(oneOf(...MOMENTS.slice(0, 3))),
    ended: maybe(oneOf(...MOMENTS.slice(3))),
    home: maybe(oneOf(...URIS)),
    team: maybe(oneOf(...TEAMS, 'nowhere')),
    boss: maybe(oneOf(...PEOPLE, ...REGISTERED)),
    bossIdentifier: maybe(fc.record({ system: maybe(oneOf(...SYSTEMS)), value: maybe(oneOf(...CODES)) })),
    names: fc.array(fc.record({ kind: oneOf('nick', 'legal'), text: maybe(oneOf(...TEXTS)) }), { maxLength: 3 }),
    codes: fc.array(code, { maxLength: 3 }),
    position: maybe(fc.constantFrom(...POINTS.map(([latitude, longitude]) => ({ latitude, longitude })))),
    tags: fc.array(tag, { maxLength: 2 }),
    profiles: fc.array(oneOf(...URIS), { maxLength: 2 })
  })

const owner = fc.oneof(
  fc.record({ type: fc.constant('Person'), id: oneOf(...PEOPLE, ...REGISTERED, ...TEAMS) }),
  fc.record({ type: fc.constant('Team'), id: oneOf(...TEAMS, ...PEOPLE) })
)

const team = (id: string): fc.Arbitrary<Team> =>
  fc.record({
    type: fc.constant('Team' as const),
    ...root(id),
    name: maybe(oneOf(...TEXTS)),
    partof: maybe(oneOf(...TEAMS)),
    owners: fc.array(owner, { maxLength: 2 })
  })

export const world: fc.Arbitrary<World> = fc.record({
  people: fc.tuple(...PEOPLE.map(person)),
  teams: fc.tuple(...TEAMS.map(team))
})

export const register: fc.Arbitrary<Registered[]> = fc.tuple(
  ...REGISTERED.map(id =>
    fc.record({
      type: fc.constant('Person' as const),
      id: fc.constant(id),
      number: fc.constant(id.slice(2)),
      text: oneOf(...TEXTS),
      updated: oneOf(...MOMENTS)
    })
  )
)

type Pair = [string, string]
const pair = (name: fc.Arbitrary<string> | string, value: fc.Arbitrary<string>): fc.Arbitrary<Pair> =>
  fc.tuple(typeof name === 'string' ? fc.constant(name) : name, value)

/** Values joined by the comma of OR. */
const some = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(value, { minLength: 1, maxLength: 3 }).map(values => values.join(','))
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&')
const text = oneOf(...TEXTS, 'a', 'b', '%', '_', '\\', 'zz').map(escaped)
const token = fc.oneof(
  oneOf(...CODES),
  fc.tuple(oneOf('', ...SYSTEMS), oneOf(...CODES)).map(([system, value]) => `${system}|${value}`),
  oneOf(...SYSTEMS).map(system => `${system}|`)
)
const date = fc
  .tuple(oneOf('', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb', 'ap'), oneOf(...DATES))
  .map(([prefix, day]) => prefix + day)
const missing = (...names: string[]): fc.Arbitrary<Pair> =>
  pair(
    oneOf(...names).map(name => `${name}:missing`),
    oneOf('true', 'false')
  )

const common = fc.oneof(
  pair(oneOf('_id', '_id:not'), some(oneOf(...PEOPLE, ...TEAMS, ...REGISTERED))),
  pair('_lastUpdated', some(date)),
  pair(oneOf('name', 'name:exact', 'name:contains'), some(text))
)

const personPair = fc.oneof(
  common,
  pair(oneOf('alias', 'alias:contains'), some(text)),
  pair(oneOf('code', 'code:not'), some(token)),
  pair('code:text', some(text)),
  pair('code:of-type', oneOf('urn:types|MR|1', 'urn:types|NPI|a', 'urn:x|MR|1')),
  pair(oneOf('status', 'status:not'), some(oneOf('on', 'off', 'urn:status|on', 'urn:status|', '|on', 'urn:x|on'))),
  pair(oneOf('active', 'active:not'), oneOf('true', 'false')),
  pair(oneOf('born', 'period'), some(date)),
  pair(oneOf('home', 'home:below', 'home:above'), some(oneOf(...URIS))),
  pair(oneOf('team', 'team:below', 'team:above'), some(oneOf(...TEAMS, 'Team/t1'))),
  pair('boss', some(oneOf(...PEOPLE, 'Person/x-1', 'Person/p1'))),
  pair('boss:identifier', some(token)),
  pair('_source', oneOf('urn:register', 'urn:other')),
  pair('near', some(near)),
  pair(oneOf('_tag', '_tag:not'), some(token)),
  pair('_tag:text', some(text)),
  pair(oneOf('_profile', '_profile:below', '_profile:above'), some(oneOf(...URIS))),
  missing('near', '_tag', '_profile'),
  missing('name', 'alias', 'code', 'status', 'active', 'born', 'period', 'home', 'team', 'boss')
)

const teamPair = fc.oneof(
  common,
  pair(oneOf('partof', 'partof:below', 'partof:above'), some(oneOf(...TEAMS))),
  pair(oneOf('owner', 'owner:Person', 'owner:Team'), some(oneOf(...PEOPLE, ...TEAMS))),
  pair('owner', some(oneOf('Person/p1', 'Person/x-2', 'Team/t1'))),
  missing('name', 'partof', 'owner')
)

const prefixed = (prefix: string, inner: fc.Arbitrary<Pair>): fc.Arbitrary<Pair> =>
  inner.map(([name, value]) => [`${prefix}${name}`, value])

/** A condition of a type, chained or reversed up to `depth` times. */
function condition(type: 'Person' | 'Team', depth: number): fc.Arbitrary<Pair> {
  const plain = type === 'Person' ? personPair : teamPair
  if (depth === 0) return plain
  const person = condition('Person', depth - 1)
  const team = condition('Team', depth - 1)
  const links =
    type === 'Person'
      ? [prefixed('team.', team), prefixed('boss.', person), prefixed('_has:Person:boss:', person)]
      : [
          prefixed('partof.', team),
          prefixed('owner:Person.', person),
          prefixed('owner.', common),
          prefixed('_has:Person:team:', person),
          prefixed('_has:Team:partof:', team)
        ]
  return fc.oneof(
    { arbitrary: plain, weight: 3 },
    { arbitrary: fc.oneof(...links, prefixed('_has:Team:owner:', team)), weight: 2 }
  )
}

const SORTS = {
  Person: [
    '_id',
    '_lastUpdated',
    'name',
    'alias',
    'code',
    'status',
    'active',
    'born',
    'period',
    'home',
    'team',
    'boss'
  ],
  Team: ['_id', '_lastUpdated', 'name', 'partof', 'owner']
}
const sorts = (type: 'Person' | 'Team'): fc.Arbitrary<string> =>
  fc
    .array(
      fc.tuple(fc.constantFrom('', '-'), oneOf(...SORTS[type])).map(key => key.join('')),
      { maxLength: 3 }
    )
    .map(keys => keys.join(','))

export interface Query {
  type: 'Person' | 'Team'
  query: string
}

const PARTS = ['a', 'an', 'b', 'bo', 'ana', 'ná', 'o b', 'bob', '00%', 'ss', 'ana,bob', 'a\\\\b']

/** People by texts, which can be met in several ways, and by one thing more. */
export const byText: fc.Arbitrary<Query> = fc
  .tuple(
    fc.array(pair(oneOf('name', 'name:contains', 'name:contains', 'alias:contains'), oneOf(...PARTS)), {
      minLength: 1,
      maxLength: 3
    }),
    fc.array(personPair, { maxLength: 1 }),
    oneOf('', '_id', '-_lastUpdated', 'status'),
    fc.integer({ min: 1, max: 3 })
  )
  .map(([texts, more, sort, count]) => ({
    type: 'Person' as const,
    query: new URLSearchParams([
      ...texts,
      ...more,
      ...(sort ? [['_sort', sort] as Pair] : []),
      ['_count', String(count)]
    ]).toString()
  }))

export const query: fc.Arbitrary<Query> = fc.constantFrom('Person' as const, 'Team' as const).chain(type =>
  fc.record({
    type: fc.constant(type),
    query: fc
      .tuple(fc.array(condition(type, 2), { maxLength: 3 }), sorts(type), fc.integer({ min: 1, max: 4 }))
      .map(([pairs, sort, count]) =>
        new URLSearchParams([
          ...pairs,
          ...(sort ? [['_sort', sort] as Pair] : []),
          ['_count', String(count)]
        ]).toString()
      )
  })
)
