/**
 * P16: $erase changes texts, never URLs, codes, references and dates; and what a Location, an Organization or another
 * practitioner lists as its own telecom is not only that person's, and stays.
 */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`create or replace function app.without_texts(part jsonb, texts text) returns jsonb immutable language sql as $$
    select case jsonb_typeof(part)
      when 'object' then (select coalesce(jsonb_object_agg(e.key, case when e.key ~ '${STRUCTURE}'
          and 'string' in (jsonb_typeof(e.value), jsonb_typeof(e.value -> 0)) then e.value
        else app.without_texts(e.value, texts) end), '{}') from jsonb_each(part) e)
      when 'array' then (select coalesce(jsonb_agg(app.without_texts(e.value, texts) order by e.n), '[]')
        from jsonb_array_elements(part) with ordinality e(value, n))
      when 'string' then to_jsonb(regexp_replace(part #>> '{}', texts, '[erased]', 'gi'))
      else part end $$`)
  await knex.raw('drop function app.erase_texts(text[])')
  await texts(knex)
}

/** There is no way back: what was erased stays so. */
export async function down(): Promise<void> {
  throw new Error('What was erased stays so: drop the database instead')
}

/** Elements whose strings are URIs, codes, ids, dates or data. */
const STRUCTURE =
  '^(resourceType|id|url|system|code|reference|type|profile|source|use|status|mode|version|versionId|lastUpdated' +
  '|language|contentType|data|hash|daysOfWeek|start|end|date|created|birthDate' +
  '|value(Uri|Url|Canonical|Code|Id|Oid|Uuid|Date|DateTime|Instant|Time|Base64Binary))$'

/** Columns that hold texts about others, not ids and codes; what other people are called stays theirs. */
const TEXTS = `(c.data_type = 'jsonb' or c.data_type = 'text' and c.collation_name is null
    or c.column_name = 'value' and c.table_name ~ '_telecoms$')
  and c.column_name !~ '(^|_)(postal_code|city|state|country)$'
  and (c.table_name, c.column_name) not in (('endpoints', 'address'))
  and c.table_name not in ('resource_history', 'audit_logs', 'membership_profiles')
  and c.table_name !~ '(_words$|^practitioners|^practitioner_(?!role))'`

const bare = (text: string): string => `lower(regexp_replace(${text}, '[[:space:]()./-]', '', 'g'))`

const listed = (root: string, child: string, key: string): string =>
  `exists (select from ${child} v join ${root} r on r.tenant_id = v.tenant_id and r.id = v.${key} and r.deleted_at is null
     where v.tenant_id = tenant and ${bare('v.value')} = ${bare('t')})`

/** A name that somebody else of the tenant has, too, or a telecom that is the clinic's or somebody else's. */
const SHARED = `(exists (select from practitioner_names n
  join practitioners p on p.tenant_id = n.tenant_id and p.id = n.practitioner_id and p.deleted_at is null
  where n.tenant_id = tenant and (lower(t) in (lower(n.text), lower(array_to_string(n.given, ' ') || ' ' || n.family),
      lower(n.given[1] || ' ' || n.family), lower(n.family || ', ' || array_to_string(n.given, ' ')))
    or lower(regexp_replace(t, '^(dr|doctor|prof|professor|mr|mrs|ms|miss)[.]? ', '', 'i')) = lower(n.family)))
  or ${listed('clinics', 'clinic_telecoms', 'clinic_id')}
  or ${listed('organizations', 'organization_telecoms', 'organization_id')}
  or ${listed('practitioners', 'practitioner_telecoms', 'practitioner_id')})`

/** Whole words, whatever their case and the blanks between them, in all texts of the tenant. */
async function texts(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.erase_texts(texts text[])',
    'void',
    `declare
       tenant text := app.tenant_id();
       place record;
       pattern text := (select '(?<![[:alnum:]])(' || string_agg(w, '|' order by length(w) desc) || ')(?![[:alnum:]])' from (
         select distinct regexp_replace(regexp_replace(t, '([^[:alnum:][:space:]])', '\\\\\\1', 'g'), '[[:space:]]+', '\\\\s+', 'g')
         from unnest(texts) t where t is not null and not ${SHARED}) words(w));
     begin
       if pattern is null then return; end if;
       for place in
         select c.table_name as name, c.column_name as text, c.data_type as type
         from information_schema.columns c join information_schema.tables b using (table_schema, table_name)
         where c.table_schema = 'public' and b.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
           and ${TEXTS}
           and exists (select from information_schema.columns t where t.table_schema = 'public'
             and t.table_name = c.table_name and t.column_name = 'tenant_id')
       loop
         execute format(case place.type
             when 'jsonb' then 'update %1$I set %2$I = app.without_texts(%2$I, $2) where tenant_id = $1 and %2$I::text ~* $2'
             else 'update %1$I set %2$I = regexp_replace(%2$I, $2, ''[erased]'', ''gi'') where tenant_id = $1 and %2$I ~* $2' end,
           place.name, place.text) using tenant, pattern;
       end loop;
       update resource_history h set document = null where h.tenant_id = tenant and h.type <> 'Practitioner' and h.document ~* pattern;
     end`
  )
}
