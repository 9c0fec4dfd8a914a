/**
 * History whole and in order: every version of a resource has its row, also those that other programs make by SQL, whose
 * documents are put together only when somebody reads them; and indexes in the order of the pages.
 */
import type { Knex } from 'knex'
import { historied, historyFunctions } from './schema/history.js'

const RESOURCES: Record<string, string> = {
  practitioners: 'Practitioner',
  practitioner_roles: 'PractitionerRole',
  organizations: 'Organization',
  clinics: 'Location',
  services: 'HealthcareService',
  schedules: 'Schedule',
  slots: 'Slot'
}
const INDEXES = {
  resource_history_type: 'tenant_id, type, at, id, version',
  resource_history_all: 'tenant_id, at, type, id, version'
}
const FORMER = {
  resource_history_tenant_id_type_at_index: 'tenant_id, type, at',
  resource_history_tenant_id_at_index: 'tenant_id, at'
}

export async function up(knex: Knex): Promise<void> {
  await reindex(knex, FORMER, INDEXES)
  await historyFunctions(knex)
  for (const [root, type] of Object.entries(RESOURCES)) await historied(knex, root, type)
}

export async function down(knex: Knex): Promise<void> {
  for (const root of Object.keys(RESOURCES))
    for (const event of ['insert', 'update', 'delete']) await knex.raw(`drop trigger keep_version_${event} on ${root}`)
  for (const name of ['keep_version', 'keep_end']) await knex.raw(`drop function app.${name}()`)
  await reindex(knex, INDEXES, FORMER)
}

async function reindex(knex: Knex, old: Record<string, string>, fresh: Record<string, string>): Promise<void> {
  for (const name of Object.keys(old)) await knex.raw(`drop index ${name}`)
  for (const [name, columns] of Object.entries(fresh))
    await knex.raw(`create index ${name} on resource_history (${columns})`)
}
