/** Two made-up types for the tests of search: people (the tenant's, and those of a shared register) and their teams. */
import type { Place, SearchParam } from '../../src/search/definition.js'
import type { Registry, ResourceDefinition, TableSource, ViewSource } from '../../src/search/registry.js'

const param = (name: string, type: SearchParam['type'], targets?: string[]): SearchParam => ({
  name,
  type,
  expression: name,
  ...(targets && { targets })
})
const spec = (table: string): TableSource['spec'] => ({ table, fields: [], lists: [], joined: [] })
const people = { table: 'people', key: 'id' }
const name: Place = {
  table: 'person_names',
  key: 'person_id',
  form: 'string',
  folded: 'folded',
  raw: 'text',
  view: 'person_names_search',
  texts: 'texts'
}
const code: Place = {
  table: 'person_codes',
  key: 'person_id',
  form: 'token',
  value: 'code',
  system: 'system',
  text: ['display_folded'],
  ofType: { system: 'type_system', code: 'type_code' }
}

const peopleTable: TableSource = {
  kind: 'table',
  spec: spec('people'),
  places: {
    name: [name],
    alias: [{ ...name, where: { kind: 'nick' } }],
    code: [code],
    status: [{ ...people, form: 'token', value: 'status', fixedSystem: 'urn:status' }],
    active: [{ ...people, form: 'boolean', value: 'active' }],
    born: [{ ...people, form: 'date', from: 'born', to: 'born', date: true }],
    period: [{ ...people, form: 'date', from: 'started', to: 'ended' }],
    home: [{ ...people, form: 'uri', value: 'home' }],
    near: [{ ...people, form: 'position', latitude: 'latitude', longitude: 'longitude' }],
    team: [{ ...people, form: 'reference', id: 'team_id', fixedType: 'Team' }],
    boss: [
      {
        ...people,
        form: 'reference',
        id: 'boss_id',
        fixedType: 'Person',
        identifier: { system: 'boss_system', value: 'boss_value' }
      }
    ]
  }
}

export const NUMBER = 'urn:number'

const register: ViewSource = {
  kind: 'view',
  prefix: 'x-',
  table: 'register',
  key: 'number',
  places: {
    name: [{ table: 'register', key: 'number', form: 'string', folded: 'folded', raw: 'text' }],
    code: [{ table: 'register', key: 'number', form: 'token', value: 'number', fixedSystem: NUMBER }],
    _source: [{ table: 'register', key: 'number', form: 'fixed-uri', uri: 'urn:register' }]
  },
  toResource: row => ({ resourceType: 'Person', name: row.text }),
  usedWhen: conditions =>
    conditions.some(
      ({ name, values }) =>
        (name === 'code' && values.some(value => value.form === 'token' && value.system === NUMBER && value.code)) ||
        name === '_source'
    ),
  shadowedBy: {
    root: 'people',
    table: 'person_codes',
    key: 'person_id',
    column: 'code',
    own: 'number',
    where: { system: NUMBER }
  }
}

const teams: TableSource = {
  kind: 'table',
  spec: spec('teams'),
  places: {
    name: [{ table: 'teams', key: 'id', form: 'string', folded: 'folded', raw: 'name' }],
    partof: [{ table: 'teams', key: 'id', form: 'reference', id: 'part_of_id', fixedType: 'Team' }],
    owner: [{ table: 'team_owners', key: 'team_id', form: 'reference', type: 'owner_type', id: 'owner_id' }]
  }
}

const definition = (
  type: string,
  sources: ResourceDefinition['sources'],
  search: readonly SearchParam[]
): [string, ResourceDefinition] => [type, { type, sources, search, interactions: ['search-type'], profiles: [] }]

export const registry: Registry = new Map([
  definition(
    'Person',
    [peopleTable, register],
    [
      param('name', 'string'),
      param('alias', 'string'),
      param('code', 'token'),
      param('status', 'token'),
      param('active', 'token'),
      param('born', 'date'),
      param('period', 'date'),
      param('home', 'uri'),
      param('team', 'reference', ['Team']),
      param('boss', 'reference', ['Person']),
      param('near', 'special')
    ]
  ),
  definition(
    'Team',
    [teams],
    [
      param('name', 'string'),
      param('partof', 'reference', ['Team']),
      param('owner', 'reference', ['Person', 'Team', 'Device'])
    ]
  )
])
