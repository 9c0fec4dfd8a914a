/**
 * References that have no column of their own: they lie in `rest` of a row (in extensions, identifiers, contained
 * resources). They are found there by an index, so that what they lead to is not deleted while they stand.
 */
import type { Knex } from 'knex'
import { SERVER_ROLE } from './functions.js'

const FUNCTION = 'app.rest_references'
/** What most rows fail, told without a call of the function. */
const ANY = `rest @? '$.**.reference'`

/** The function by which they are indexed, and the one by which they are found: once. */
export async function restReferences(knex: Knex): Promise<void> {
  await knex.raw(
    `create function ${FUNCTION}(rest jsonb) returns text[] immutable strict parallel safe language sql as $$
     select array_agg(distinct found[1]) from jsonb_path_query(rest, '$.**.reference ? (@.type() == "string")') each,
       regexp_match(each #>> '{}', '^([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})(?:/_history/[A-Za-z0-9.-]{1,64})?$') found
     where found is not null $$`.replaceAll('?', '\\?')
  )
  // It runs as the owner: under row-level security && would not reach the index. The bound tenant's rows are all it tells.
  await knex.raw(
    `create function app.rest_referrers(roots text[], tables text[], keys text[], targets text[], most int)
     returns table(root text, id text, target text) stable language plpgsql security definer
     set search_path = pg_catalog, public, pg_temp as $$
     begin
       for i in 1 .. cardinality(tables) loop
         return query execute format(
           'select %L, r.id::text, t.target from %I c
            join %I r on r.tenant_id = c.tenant_id and r.id = c.%I and r.deleted_at is null
            cross join lateral unnest(${FUNCTION}(c.rest)) t(target)
            where c.tenant_id = app.tenant_id() and c.${ANY.replaceAll("'", "''")} and ${FUNCTION}(c.rest) && $1
              and t.target = any($1) limit $2', roots[i], tables[i], roots[i], keys[i]) using targets, most;
       end loop;
     end $$`.replaceAll('?', '\\?')
  )
  const identity = 'app.rest_referrers(text[], text[], text[], text[], int)'
  await knex.raw(`revoke all on function ${identity} from public`)
  await knex.raw(`grant execute on function ${identity} to ${SERVER_ROLE}`)
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'rest'
     join pg_attribute t on t.attrelid = c.oid and t.attname = 'tenant_id'
     where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`
  )
  for (const { name } of rows) await restIndex(knex, name)
}

/** For a table with `rest`. Nothing is done before the migration that brings the function: it sees to what is there. */
export async function restIndex(knex: Knex, table: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { there: boolean }[] }>(
    `select to_regprocedure('${FUNCTION}(jsonb)') is not null as there`
  )
  if (rows[0]?.there)
    await knex.raw(
      `create index ${table}_rest_references on ${table} using gin (${FUNCTION}(rest)) where ${ANY}`.replaceAll(
        '?',
        '\\?'
      )
    )
}
