/** Child tables of the datatypes that several types carry: the database's side of src/mapping/datatypes.ts. */
import type { Knex } from 'knex'
import { address, codes, concept, folded, named, period, reference } from './columns.js'
import { childTable, type Columns } from './tables.js'
import { searchView } from './words.js'

/** The root that child tables belong to. */
export interface Owner {
  of: string
  key: string
  /** What the names of the child tables begin with. */
  prefix: string
}

async function child(knex: Knex, owner: Owner, name: string, columns: Columns): Promise<void> {
  await childTable(knex, `${owner.prefix}_${name}`, owner, columns)
}

export const identifiers = (knex: Knex, owner: Owner): Promise<void> =>
  child(knex, owner, 'identifiers', t => {
    codes(t, 'system', 'value', 'use')
    concept(t, 'type')
    period(t)
    reference(t, 'assigner')
    t.index(['tenant_id', 'value', 'system', owner.key])
    t.index(['tenant_id', 'system', owner.key])
    t.index(['tenant_id', 'type_code', 'type_system', 'value'])
  })

export const telecoms = (knex: Knex, owner: Owner): Promise<void> =>
  child(knex, owner, 'telecoms', t => {
    codes(t, 'system', 'value', 'use')
    period(t)
    t.index(['tenant_id', 'value', 'system', owner.key])
    t.index(['tenant_id', 'system', owner.key])
  })

export const addresses = (knex: Knex, owner: Owner): Promise<void> =>
  child(knex, owner, 'addresses', t => {
    address(t)
    t.index(['tenant_id', 'use', owner.key])
  })

/** CodeableConcepts, a row a coding; `text` is on the first row of a concept. */
export const concepts = (knex: Knex, owner: Owner, name: string): Promise<void> =>
  child(knex, owner, name, t => {
    t.integer('concept').notNullable()
    codes(t, 'system', 'code')
    t.text('display')
    t.text('text')
    t.specificType('text_folded', folded('coalesce(text, display)'))
    t.index(['tenant_id', 'code', 'system', owner.key])
    t.index(['tenant_id', 'system', owner.key])
    t.index(['tenant_id', 'text_folded', owner.key])
  })

/** References in columns `{column}_type` and `{column}_id`. */
export const references = (
  knex: Knex,
  owner: Owner,
  name: string,
  column = 'target',
  more: Columns = () => undefined
): Promise<void> =>
  child(knex, owner, name, t => {
    reference(t, column)
    more(t)
    t.index(['tenant_id', `${column}_id`, `${column}_type`, owner.key])
  })

/** Weekly hours. */
export const hours = (knex: Knex, owner: Owner, name: string, more?: Columns): Promise<void> =>
  child(knex, owner, name, t => {
    t.specificType('days_of_week', 'text[]')
    if (!more) t.boolean('all_day')
    t.time('start_time')
    t.time('end_time')
    more?.(t)
  })

/** Absences and closures. */
export const closures = (knex: Knex, owner: Owner, name: string): Promise<void> =>
  child(knex, owner, name, t => {
    t.text('description')
    period(t, 'during')
  })

/** Strings by which the root is found. */
export async function aliases(knex: Knex, owner: Owner): Promise<void> {
  await child(knex, owner, 'aliases', t => {
    named(t, 'value')
    t.index(['tenant_id', 'value_folded', owner.key])
  })
  await searchView(knex, `${owner.prefix}_aliases`, owner.key, 'value')
}
