/** A door by which the server has statistics taken of tables that grew at once: autovacuum comes minutes later. */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

/** Of tables from three pages to 64 MB that were never analysed, or that have doubled since. */
export async function up(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.take_statistics()',
    'void',
    `declare
       grown text;
     begin
       for grown in
         select c.oid::regclass::text from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
           and pg_relation_size(c.oid) between 3 * 8192 and 64 * 1024 * 1024
           and (c.reltuples < 0 or pg_relation_size(c.oid) > 2 * 8192 * c.relpages::bigint)
       loop
         execute 'analyze (skip_locked) ' || grown;
       end loop;
     end`
  )
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function app.take_statistics()')
}
