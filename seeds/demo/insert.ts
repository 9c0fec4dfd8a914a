/** Many rows in one statement a table, without touching rows that are there. */
import type { Knex } from 'knex'
import type { Resource } from '../../src/fhir/types.js'
import { toRows } from '../../src/mapping/index.js'
import type { ListSpec, Row, Rows, TableSpec } from '../../src/mapping/spec.js'
import { registry } from '../../src/resources/index.js'
import { tableSource } from '../../src/search/registry.js'

export interface SeedResource {
  tenant: string
  resource: Resource & { id: string }
}

interface Taken extends SeedResource {
  rows: Rows
  membership: string | null
}

/** Inserts rows with the same columns each; those whose key is taken are left out. Gives back the keys of the others. */
export async function insertRows(knex: Knex, table: string, rows: readonly object[], key = '1'): Promise<string[]> {
  if (rows.length === 0) return []
  const columns = Object.keys(rows[0]!)
  const { rows: written } = await knex.raw<{ rows: { key: string }[] }>(
    `insert into ?? (??) select ?? from json_populate_recordset(null::??, ?::json)
     on conflict do nothing returning ${key} as key`,
    [table, columns, columns, table, JSON.stringify(rows)]
  )
  return written.map(row => row.key)
}

/**
 * Takes resources apart as a write through FHIR does, and inserts their rows; no documents, which the first read makes.
 * `membershipOf` names the membership behind a Practitioner or a PractitionerRole.
 */
export async function insertResources(
  knex: Knex,
  seeds: readonly SeedResource[],
  membershipOf: (reference: string) => string | undefined
): Promise<void> {
  for (const type of new Set(seeds.map(({ resource }) => resource.resourceType))) {
    const definition = registry.get(type)
    const spec = definition && tableSource(definition)?.spec
    if (!spec) throw new Error(`${type} has no table`)
    const taken = seeds
      .filter(({ resource }) => resource.resourceType === type)
      .map(seed => takeApart(spec, seed, membershipOf(`${type}/${seed.resource.id}`) ?? null))
    const written = new Set(await insertRows(knex, spec.table, taken.map(rootRow(spec)), KEY))
    const fresh = taken.filter(({ tenant, resource }) => written.has(`${tenant}/${resource.id}`))
    for (const list of spec.lists) await insertRows(knex, list.table, fresh.flatMap(itemRows(list)))
  }
}

const KEY = `tenant_id || '/' || id`

function takeApart(spec: TableSpec, seed: SeedResource, membership: string | null): Taken {
  const joined = membership ? spec.joined.map(({ table }) => table) : []
  return { ...seed, membership, rows: toRows(spec, seed.resource, joined) }
}

const rootRow =
  (spec: TableSpec) =>
  ({ tenant, resource, membership, rows }: Taken): Row => ({
    tenant_id: tenant,
    id: resource.id,
    ...Object.fromEntries(spec.joined.map(({ by }) => [by, membership])),
    ...rows.root
  })

const itemRows =
  (list: ListSpec) =>
  ({ tenant, resource, rows }: Taken): Row[] =>
    (rows.lists[list.table] ?? []).map(row => ({ tenant_id: tenant, [list.key]: resource.id, ...row }))
