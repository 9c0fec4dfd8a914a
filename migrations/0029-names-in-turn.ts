/**
 * Who changes the full name of a member, and so the words of the practitioner, waits for who changes the names of that
 * practitioner: of both at once, each would write the words without having seen the other's.
 */
import type { Knex } from 'knex'
import { triggerFunction } from './schema/functions.js'

/** Names lock the practitioner by the bump of its version. A bump by a full name comes too late: behind the triggers of rows. */
export async function up(knex: Knex): Promise<void> {
  await triggerFunction(
    knex,
    'practitioner_first',
    `begin
       perform from practitioners p where p.tenant_id = coalesce(new.tenant_id, old.tenant_id)
         and p.membership_id = coalesce(new.membership_id, old.membership_id) for no key update;
       return null;
     end`
  )
  for (const [event, row, when] of [
    ['insert', 'new', 'new.full_name is not null'],
    ['update of full_name', 'changed', 'old.full_name is distinct from new.full_name'],
    ['delete', 'old', 'old.full_name is not null']
  ] as const)
    // Triggers of one event run in the order of their names: this one before words_of_...
    await knex.raw(`create trigger practitioner_first_${row} after ${event} on membership_profiles for each row
      when (${when}) execute function app.practitioner_first()`)
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function app.practitioner_first() cascade')
}
