/** References without a column of their own are found by an index. */
import type { Knex } from 'knex'
import { restReferences } from './schema/rest-references.js'

export async function up(knex: Knex): Promise<void> {
  await restReferences(knex)
}

/** There is no way back: what they hold would be deleted. */
export async function down(): Promise<void> {
  throw new Error('References in rest hold what they lead to: drop the database instead')
}
