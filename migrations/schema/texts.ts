/**
 * All texts of a root as one, in the first row of its words: what `:contains` looks into. Texts that are sought together are
 * met by one row then, and one scan of the index of trigrams finds the roots that have all of them.
 */
import type { Knex } from 'knex'
import { CODE } from './columns.js'
import { changedRoots, partsText, type Words } from './words.js'

/** Texts of a root that lie in no table that has its key: SQL of rows (tenant_id, id, kind, text) of the roots `r`. */
export type Elsewhere = (roots: string) => string

/** Column `texts`: the folded texts of all rows of the root, a line each; kept by the triggers that keep the rows. */
export async function joinTexts(knex: Knex, name: string, words: Words, elsewhere?: Elsewhere): Promise<void> {
  await knex.raw(`alter table ${name} add column texts ${CODE}`)
  await knex.raw(`alter table ${name} alter column texts set statistics 500`)
  for (const event of words.from === words.of
    ? (['insert', 'update'] as const)
    : (['insert', 'update', 'delete'] as const))
    await replaceTrigger(
      knex,
      `${name}_${event}`,
      afterwards(refill(name, words, changedRoots(event, words), elsewhere))
    )
  await knex.raw(`update ${name} w set texts = t.texts from
    (select tenant_id, ${words.key}, string_agg(folded, e'\\n' order by position) as texts from ${name} group by 1, 2) t
    where w.tenant_id = t.tenant_id and w.${words.key} = t.${words.key} and w.position = 1`)
  await knex.raw(`drop index ${name}_trigrams`)
  await knex.raw(`create index ${name}_trigrams on ${name} using gin (texts public.gin_trgm_ops)
    with (fastupdate = on, gin_pending_list_limit = 64) where texts is not null`)
  await knex.raw(`create or replace view ${name}_search as select * from ${name} where tenant_id = app.tenant_id()`)
}

const replaceTrigger = (knex: Knex, name: string, body: string): PromiseLike<unknown> =>
  knex.raw(
    `create or replace function app.${name}() returns trigger language plpgsql security definer
     set search_path = pg_catalog, public, pg_temp as $trigger$ ${body} $trigger$`.replaceAll('?', '\\?')
  )

/** Body of a trigger after its event. */
export const afterwards = (statements: string): string => `begin ${statements}; return null; end`

/** Two statements that write the words of `roots` (SQL of tenant_id and id) anew. */
export const refill = (name: string, words: Words, roots: string, elsewhere?: Elsewhere): string => `
    delete from ${name} w using (${roots}) r where w.tenant_id = r.tenant_id and w.${words.key} = r.id;
    insert into ${name} (tenant_id, ${words.key}, position, kind, raw, folded, texts)
    select tenant_id, id, position, kind, raw, folded,
      case position when 1 then string_agg(folded, e'\\n') over (partition by tenant_id, id) end
    from (select tenant_id, id, row_number() over (partition by tenant_id, id order by at) as position, kind,
        case when kind <> 'word' then text end as raw, left(app.fold(text), 400) as folded
      from (${[ownTexts(words, roots), ...(elsewhere ? [elsewhere(roots)] : [])].join(' union all ')}) t
      where text is not null) numbered`

function ownTexts({ of, key, from, parts, split }: Words, roots: string): string {
  const [id, at] = from === of ? ['id', '0'] : [key, 's.position']
  return `select s.tenant_id, s.${id} as id, ${at} as at, w.kind, w.text
    from (${roots}) r join ${from} s on s.tenant_id = r.tenant_id and s.${id} = r.id
    cross join lateral (${partsText(parts, split)}) w`
}
