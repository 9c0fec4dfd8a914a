/** Made-up tables for the tests of the macros: lamps with parts; makers, who are no tenant's and show in their lamps. */
import type { Knex } from 'knex'
import { bumps } from '../../migrations/schema/versions.js'
import { childTable, globalTable, rootTable } from '../../migrations/schema/tables.js'

export async function lampTables(knex: Knex): Promise<void> {
  await globalTable(
    knex,
    'makers',
    t => {
      t.text('id').primary()
      t.text('name')
    },
    { grant: 'select, insert, update, delete' }
  )
  await rootTable(knex, 'lamps', t => {
    t.text('name')
    t.text('maker_id')
    t.specificType('folded', 'text collate "C" generated always as (app.fold(name)) stored')
  })
  await childTable(knex, 'lamp_parts', { of: 'lamps', key: 'lamp_id' }, t => {
    t.text('name')
  })
  await childTable(knex, 'lamp_shades', { of: 'lamps', key: 'lamp_id' }, t => {
    t.text('colour')
  })
  await bumps(knex, 'makers', {
    root: 'lamps',
    via: 'select l.tenant_id, l.id from changed c join lamps l on l.maker_id = c.id'
  })
}
