/** `app.fold`: how names compare, the twin of `fold` in src/domain/names.ts; a test holds the two together. */
import type { Knex } from 'knex'

/** Letters that have no decomposition, and what stands for them. */
const PLAIN = { from: 'øđðłħıŧςʼ’', to: "oddlhitσ''" }
const LONG: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', þ: 'th', ĳ: 'ij' }
/** White space as ECMAScript has it: in a regular expression of Postgres \s depends on the locale. */
const BLANK = String.raw`[\u0009-\u000d\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+`

/** Creates `app.fold(text)`: immutable, so generated columns and indexes may use it. */
export async function foldFunction(knex: Knex): Promise<void> {
  await knex.raw(
    `create function app.fold(value text) returns text immutable strict parallel safe language sql
     as $fold$ select ${await foldedText(knex)} $fold$`.replaceAll('?', '\\?')
  )
}

/**
 * The same in PL/pgSQL, which a session reads once: SQL is taken apart anew by each statement that writes a generated
 * column. Most texts are ASCII with single blanks, of which only capitals change.
 */
export async function foldInSteps(knex: Knex): Promise<void> {
  await knex.raw(
    String.raw`create or replace function app.fold(value text) returns text immutable strict parallel safe language plpgsql
     as $fold$ begin
       if octet_length(value) = length(value) and value !~ '[\x01-\x1f]|  ' then
         return btrim(lower(value collate "C"));
       end if;
       return ${await foldedText(knex)};
     end $fold$`.replaceAll('?', '\\?')
  )
}

/** SQL of the folded form of `value`. */
async function foldedText(knex: Knex): Promise<string> {
  const bare = String.raw`regexp_replace(normalize(value, nfd), '[\u0300-\u036f]', '', 'g')`
  const plain = `translate(lower(${bare} collate ${await caseMapping(knex)}), ${quoted(PLAIN.from)}, ${quoted(PLAIN.to)})`
  const long = Object.entries(LONG).reduce((sql, [from, to]) => `replace(${sql}, '${from}', '${to}')`, plain)
  return `btrim(regexp_replace(${long}, '${BLANK}', ' ', 'g')) collate "C"`
}

/** A collation that lowers all of Unicode whatever the locale of the database (which may be C, lowering ASCII only). */
async function caseMapping(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { collname: string }[] }>(
    `select collname from pg_collation where collname in ('pg_c_utf8', 'und-x-icu') order by collname limit 1`
  )
  return rows[0] ? `pg_catalog."${rows[0].collname}"` : '"default"'
}

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`
