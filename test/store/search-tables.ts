/** The tables behind the made-up types of test/search/made-up.ts, and rows for them. */
import knex, { type Knex } from 'knex'
import { childTable, globalTable, rootTable } from '../../migrations/schema/tables.js'
import { SERVER_ROLE } from '../../migrations/schema/functions.js'
import type { Sql } from '../support/owner.js'

const CODE = 'text collate "C"'
const FOLDED = (column: string): string => `${CODE} generated always as (app.fold(${column})) stored`

export async function searchTables(url: string): Promise<void> {
  const owner = knex({ client: 'pg', connection: url })
  await create(owner).finally(() => owner.destroy())
}

async function create(owner: Knex): Promise<void> {
  await rootTable(owner, 'people', t => {
    for (const column of ['status', 'home', 'team_id', 'boss_id', 'boss_system', 'boss_value'])
      t.specificType(column, CODE)
    t.boolean('active')
    for (const column of ['latitude', 'longitude']) t.specificType(column, 'double precision')
    t.date('born')
    t.timestamp('started')
    t.timestamp('ended')
    t.index(['tenant_id', 'team_id'])
    t.index(['tenant_id', 'boss_id'])
    t.index(['tenant_id', 'boss_value', 'boss_system'])
    t.index(['tenant_id', 'latitude', 'longitude'])
    t.index(['tenant_id', 'status', 'id'])
    t.index(['tenant_id', 'born'])
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await childTable(owner, 'person_names', { of: 'people', key: 'person_id' }, t => {
    t.specificType('kind', CODE)
    t.text('text')
    t.specificType('folded', FOLDED('text'))
    t.specificType('texts', CODE)
    t.index(['tenant_id', 'folded'])
  })
  await childTable(owner, 'person_codes', { of: 'people', key: 'person_id' }, t => {
    for (const column of ['system', 'code', 'display', 'type_system', 'type_code']) t.specificType(column, CODE)
    t.specificType('display_folded', FOLDED('display'))
    t.index(['tenant_id', 'code', 'system'])
  })
  await rootTable(owner, 'teams', t => {
    t.text('name')
    t.specificType('folded', FOLDED('name'))
    t.specificType('part_of_id', CODE)
    t.index(['tenant_id', 'part_of_id'])
    t.index(['tenant_id', 'folded'])
  })
  await childTable(owner, 'team_owners', { of: 'teams', key: 'team_id' }, t => {
    t.specificType('owner_type', CODE)
    t.specificType('owner_id', CODE)
    t.index(['tenant_id', 'owner_id', 'owner_type'])
  })
  await globalTable(owner, 'register', t => {
    t.specificType('number', CODE).primary()
    t.text('text')
    t.specificType('folded', FOLDED('text'))
    t.integer('version').notNullable().defaultTo(1)
    t.timestamp('updated_at').notNullable().defaultTo(owner.fn.now())
    t.index(['folded'])
  })
  await owner.raw('create index on person_names using gin (texts gin_trgm_ops) where texts is not null')
  await owner.raw('create view person_names_search as select * from person_names where tenant_id = app.tenant_id()')
  // The rows' times are made up: the version rule would set them to now.
  for (const table of ['people', 'teams', 'person_names', 'person_codes', 'team_owners'])
    await owner.raw(`alter table ${table} disable trigger user`)
  await owner.raw(`grant select on person_names_search to ${SERVER_ROLE}`)
}

/** What triggers do for real tables (migrations/schema/texts.ts). */
export const JOIN_TEXTS = `update person_names n set texts = t.texts from
  (select tenant_id, person_id, min(position) as position, string_agg(folded, e'\\n') as texts from person_names group by 1, 2) t
  where (n.tenant_id, n.person_id, n.position) = (t.tenant_id, t.person_id, t.position)`

export interface Name {
  kind: string
  text: string | null
}
export interface Code {
  system: string | null
  code: string | null
  display: string | null
  type_system: string | null
  type_code: string | null
}
export interface Person {
  type: 'Person'
  id: string
  deleted: boolean
  updated: string
  status: string | null
  active: boolean | null
  /** A day. */
  born: string | null
  started: string | null
  ended: string | null
  home: string | null
  team: string | null
  boss: string | null
  bossIdentifier: { system: string | null; value: string | null } | null
  names: Name[]
  codes: Code[]
  position: { latitude: number; longitude: number } | null
  tags: { system: string | null; code: string; display: string | null }[]
  profiles: string[]
}
export interface Team {
  type: 'Team'
  id: string
  deleted: boolean
  updated: string
  name: string | null
  partof: string | null
  owners: { type: string; id: string }[]
}
/** One of the register: id `x-{number}`. */
export interface Registered {
  type: 'Person'
  id: string
  number: string
  text: string
  updated: string
}
export interface World {
  people: Person[]
  teams: Team[]
}

/** Replaces all rows of all tenants. */
export async function fill(sql: Sql, worlds: Record<string, World>, register: readonly Registered[]): Promise<void> {
  await sql('truncate people, teams, person_names, person_codes, team_owners, register, tombstones, resource_labels')
  const rows = Object.entries(worlds).flatMap(([tenant_id, { people, teams }]) => ({ tenant_id, people, teams }))
  await insert(
    sql,
    'people',
    rows.flatMap(({ tenant_id, people }) => people.map(each => ({ tenant_id, ...personRow(each) })))
  )
  await insert(
    sql,
    'teams',
    rows.flatMap(({ tenant_id, teams }) => teams.map(each => ({ tenant_id, ...teamRow(each) })))
  )
  const children = <T>(of: (world: World) => { id: string; items: T[] }[], key: string, row: (item: T) => object) =>
    rows.flatMap(({ tenant_id, ...world }) =>
      of(world).flatMap(({ id, items }) =>
        items.map((item, position) => ({ tenant_id, [key]: id, position, rest: {}, ...row(item) }))
      )
    )
  const named = (world: World) => world.people.map(({ id, names }) => ({ id, items: names }))
  const coded = (world: World) => world.people.map(({ id, codes }) => ({ id, items: codes }))
  const owned = (world: World) => world.teams.map(({ id, owners }) => ({ id, items: owners }))
  await insert(
    sql,
    'person_names',
    children(named, 'person_id', name => name)
  )
  await sql(JOIN_TEXTS)
  await insert(
    sql,
    'person_codes',
    children(coded, 'person_id', code => code)
  )
  await insert(
    sql,
    'team_owners',
    children(owned, 'team_id', owner => ({ owner_type: owner.type, owner_id: owner.id }))
  )
  await insert(
    sql,
    'resource_labels',
    rows.flatMap(({ tenant_id, people }) => people.flatMap(each => labels(each).map(row => ({ tenant_id, ...row }))))
  )
  await insert(
    sql,
    'register',
    register.map(({ number, text, updated }) => ({ number, text, updated_at: updated }))
  )
}

const labels = ({ id, tags, profiles }: Person): object[] => {
  const of = (kind: string, items: readonly object[]): object[] =>
    items.map((item, position) => ({ root: 'people', id, kind, position, system: null, display: null, ...item }))
  return [
    ...of(
      'tag',
      tags.map(({ code, ...tag }) => ({ ...tag, value: code }))
    ),
    ...of(
      'profile',
      profiles.map(value => ({ value }))
    )
  ]
}

const personRow = (person: Person): object => ({
  ...root(person),
  status: person.status,
  active: person.active,
  born: person.born,
  started: person.started,
  ended: person.ended,
  home: person.home,
  team_id: person.team,
  boss_id: person.boss,
  boss_system: person.bossIdentifier?.system ?? null,
  boss_value: person.bossIdentifier?.value ?? null,
  latitude: person.position?.latitude ?? null,
  longitude: person.position?.longitude ?? null
})

const teamRow = (team: Team): object => ({ ...root(team), name: team.name, part_of_id: team.partof })

const root = ({ id, updated, deleted }: { id: string; updated: string; deleted: boolean }): object => ({
  id,
  version: 1,
  created_at: updated,
  updated_at: updated,
  deleted_at: deleted ? updated : null,
  rest: {}
})

async function insert(sql: Sql, table: string, rows: readonly object[]): Promise<void> {
  if (rows.length === 0) return
  const columns = Object.keys(rows[0]!).join(', ')
  await sql(`insert into ${table} (${columns}) select ${columns} from json_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(rows)
  ])
}
