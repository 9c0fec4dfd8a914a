/** The tables of the made-up type. */
import type { Knex } from 'knex'
import { codes, concept, named, reference, texts } from '../../../migrations/schema/columns.js'
import * as datatype from '../../../migrations/schema/datatypes.js'
import { childTable, rootTable } from '../../../migrations/schema/tables.js'
import { searchView } from '../../../migrations/schema/words.js'

const DEVICE = { of: 'devices', key: 'device_id', prefix: 'device' }

export async function up(knex: Knex): Promise<void> {
  await rootTable(knex, 'devices', t => {
    codes(t, 'status')
    t.timestamp('made_at')
    concept(t, 'type')
    texts(t, 'url')
    reference(t, 'owner')
    reference(t, 'location')
  })
  await datatype.identifiers(knex, DEVICE)
  await childTable(knex, 'device_names', DEVICE, t => {
    named(t, 'name')
    codes(t, 'type')
  })
  await searchView(knex, 'device_names', 'device_id', 'name')
}
