/** P16: what names a person is gone from all tables of the tenant; ids, roles and the audit trail stay. */
import type { Knex } from 'knex'
import { door } from './functions.js'

export async function erasure(knex: Knex): Promise<void> {
  // Names beside references lie in `rest`; the displays of codings are no names.
  await knex.raw(`create function app.without_names(part jsonb) returns jsonb immutable language sql as $$
    select case jsonb_typeof(part)
      when 'object' then (select coalesce(jsonb_object_agg(e.key, app.without_names(e.value)), '{}') from jsonb_each(part) e
        where e.key <> 'display' or part \\? 'code' or part \\? 'system')
      when 'array' then (select coalesce(jsonb_agg(app.without_names(e.value) order by e.n), '[]')
        from jsonb_array_elements(part) with ordinality e(value, n))
      else part end $$`)
  await door(
    knex,
    'app.erase_member(practitioner text)',
    'void',
    `declare
       tenant text := app.tenant_id();
       members text[] := array(
         select m.user_id from memberships m join practitioners p on p.tenant_id = m.tenant_id and p.membership_id = m.id
         where m.tenant_id = tenant and p.id = practitioner
         union select i.value from practitioner_identifiers i where i.tenant_id = tenant
           and i.practitioner_id = practitioner and i.system = 'https://locum.example/fhir/sid/user-id');
       names text[] := array(select 'PractitionerRole/' || r.id from practitioner_roles r where r.tenant_id = tenant
           and r.practitioner_type = 'Practitioner' and r.practitioner_id = practitioner)
         || ('Practitioner/' || practitioner);
       place record;
     begin
       update membership_profiles p set full_name = null, notes = null, preferences = '{}' from memberships m
       where p.tenant_id = tenant and m.tenant_id = tenant and m.id = p.membership_id and m.user_id = any(members);
       delete from invitations i where i.tenant_id = tenant and i.user_id = any(members);
       delete from outbox o where o.tenant_id = tenant and o.payload ->> 'user_id' = any(members);
       -- Wherever a table holds a reference to the person.
       for place in
         select t.table_name as name, left(t.column_name, -5) as element
         from information_schema.columns t join information_schema.tables b using (table_schema, table_name)
         where t.table_schema = 'public' and b.table_type = 'BASE TABLE' and t.column_name like '%\\_type'
           and 2 = (select count(*) from information_schema.columns c where c.table_schema = 'public'
             and c.table_name = t.table_name and c.column_name in ('rest', left(t.column_name, -5) || '_id'))
       loop
         execute format('update %1$I set rest = app.without_names(rest)
           where tenant_id = $1 and %2$I || ''/'' || %3$I = any($2) and rest <> app.without_names(rest)',
           place.name, place.element || '_type', place.element || '_id') using tenant, names;
       end loop;
       update resource_history h set document = null
       where h.tenant_id = tenant and h.document is not null and (h.type || '/' || h.id = any(names)
         or h.document like any(select '%"' || n || '"%' from unnest(names) n));
       update users u set username = null, email = null, phone_e164 = null, password_hash = null
       where u.id = any(members) and u.disabled_at is not null;
     end`
  )
}
