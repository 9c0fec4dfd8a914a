/**
 * Texts of a root in one place, so that several of them are found at once; a member's full name is among the words of the
 * practitioner. And indexes by membership that no look-up of another kind goes by.
 */
import type { Knex } from 'knex'
import { triggerFunction } from './schema/functions.js'
import { afterwards, joinTexts, refill } from './schema/texts.js'
import { WORDS } from './schema/words-of.js'
import { partsText } from './schema/words.js'

export async function up(knex: Knex): Promise<void> {
  for (const [name, words] of Object.entries(WORDS))
    await joinTexts(knex, name, words, name === NAMES ? memberNames : undefined)
  await fullNames(knex)
  for (const table of ['practitioner_roles', 'practitioners']) await membershipFirst(knex, table)
}

/** While statistics know of no member, a look-up by another column would take the index of members for the shortest. */
async function membershipFirst(knex: Knex, table: string): Promise<void> {
  await knex.raw(`drop index ${table}_of_membership`)
  await knex.raw(`create index ${table}_of_membership on ${table} (membership_id, tenant_id)
    where membership_id is not null`)
}

/** There is no way back: words of members would stay behind. */
export async function down(): Promise<void> {
  throw new Error('The words of names cannot be undone: drop the database instead')
}

const NAMES = 'practitioner_name_words'

/**
 * After all parts of the names themselves. By the practitioner's key, and not as a join: while statistics know of no member,
 * that would read the index of all members for each root.
 */
const memberNames = (roots: string): string => `select s.tenant_id, s.id, 2147483647 as at, w.kind, w.text
    from (select r.tenant_id, r.id, (select m.full_name from membership_profiles m
        where m.tenant_id = r.tenant_id and m.membership_id = (select p.membership_id from practitioners p
          where p.tenant_id = r.tenant_id and p.id = r.id and p.deleted_at is null)) as full_name
      from (${roots}) r offset 0) s
    cross join lateral (${partsText({ member: 's.full_name' }, ['member'])}) w where s.full_name is not null`

/** Words follow the membership of a practitioner and the full name of the membership. */
async function fullNames(knex: Knex): Promise<void> {
  const words = (roots: string): string => refill(NAMES, WORDS[NAMES], roots, memberNames)
  const ofProfile = (row: string): string => `select p.tenant_id, p.id from practitioners p
    where p.tenant_id = ${row}.tenant_id and p.membership_id = ${row}.membership_id and p.deleted_at is null`
  const ofMember = words('select new.tenant_id, new.id')
  const ahead = `if exists (select from ${NAMES} w where w.tenant_id = new.tenant_id and w.practitioner_id = new.id
    and w.kind = 'member') then return null; end if`
  await triggerFunction(knex, `${NAMES}_of_new_member`, afterwards(`${ahead}; ${ofMember}`))
  await triggerFunction(knex, `${NAMES}_of_member`, afterwards(ofMember))
  // Most profiles are written before there is a practitioner.
  const found = (row: string): string => `if not exists (${ofProfile(row)}) then return null; end if`
  await triggerFunction(knex, `${NAMES}_of_profile`, afterwards(`${found('new')}; ${words(ofProfile('new'))}`))
  await triggerFunction(knex, `${NAMES}_of_gone_profile`, afterwards(`${found('old')}; ${words(ofProfile('old'))}`))
  // At the end, for the names of a new practitioner come behind its row, and bring the full name along.
  await knex.raw(`create constraint trigger words_of_new_member after insert on practitioners
    deferrable initially deferred for each row when (new.membership_id is not null)
    execute function app.${NAMES}_of_new_member()`)
  await knex.raw(`create trigger words_of_member after update of membership_id, deleted_at on practitioners for each row
    when ((old.membership_id is not null or new.membership_id is not null) and (old.membership_id is distinct from new.membership_id
      or (old.deleted_at is null) <> (new.deleted_at is null)))
    execute function app.${NAMES}_of_member()`)
  await knex.raw(`create trigger words_of_new_profile after insert on membership_profiles for each row
    when (new.full_name is not null) execute function app.${NAMES}_of_profile()`)
  await knex.raw(`create trigger words_of_profile after update of full_name on membership_profiles for each row
    when (old.full_name is distinct from new.full_name) execute function app.${NAMES}_of_profile()`)
  await knex.raw(`create trigger words_of_gone_profile after delete on membership_profiles for each row
    when (old.full_name is not null) execute function app.${NAMES}_of_gone_profile()`)
  const members = 'select tenant_id, id from practitioners where membership_id is not null and deleted_at is null'
  await knex.raw(`do $do$ begin ${words(members)}; end $do$`)
  await knex.raw('drop view practitioner_full_names')
}
