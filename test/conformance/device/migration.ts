/** The tables of the made-up type. */
import type { Knex } from 'knex'
import { codes, concept, named, reference, texts } from '../../../migrations/schema/columns.js'
import * as datatype from '../../../migrations/schema/datatypes.js'
import { resourceTable } from '../../../migrations/schema/labels.js'
import { foldedTexts, referenceIdentifiers } from '../../../migrations/schema/search-columns.js'
import { childTable } from '../../../migrations/schema/tables.js'
import { searchView } from '../../../migrations/schema/words.js'

const DEVICE = { of: 'devices', key: 'device_id', prefix: 'device' }

export async function up(knex: Knex): Promise<void> {
  await resourceTable(knex, 'devices', 'Device', t => {
    codes(t, 'status')
    t.timestamp('made_at')
    concept(t, 'type')
    texts(t, 'url')
    reference(t, 'owner')
    reference(t, 'location')
  })
  await datatype.identifiers(knex, DEVICE)
  await foldedTexts(knex, { table: 'device_identifiers', key: 'device_id' }, ['type_text', 'type_display'])
  await foldedTexts(knex, { table: 'devices', key: 'id' }, ['type_text', 'type_display'])
  await referenceIdentifiers(knex, { table: 'devices', key: 'id' }, { owner: 'owner', location: 'location' })
  await childTable(knex, 'device_names', DEVICE, t => {
    named(t, 'name')
    codes(t, 'type')
  })
  await searchView(knex, 'device_names', 'device_id', 'name')
}
