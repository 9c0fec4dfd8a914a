/** The rows of a write that the server did, as one statement that writes the same rows under other ids. */
import type { Bundle, FhirResource } from 'fhir/r4.js'
import type pg from 'pg'
import { elsewhere } from './bookings.js'

export interface WrittenRows {
  text: string
  /** The rows once more, different for each n. */
  values(n: number, sent: unknown): string[]
}

/** Finds what was written by the transaction that made the resource of `answer`. What triggers write is not sent. */
export async function writtenRows(pool: pg.Pool, tenant: string, answer: string): Promise<WrittenRows> {
  const resource = JSON.parse(answer) as FhirResource
  const [table, id] = rootOf(resource)
  const { rows: found } = await pool.query<{ xid: string }>(
    `select xmin::text as xid from ${table} where tenant_id = $1 and id = $2`,
    [tenant, id]
  )
  const written: { table: string; columns: string; rows: string }[] = []
  for (const { name, columns } of await writableTables(pool)) {
    const { rows } = await pool.query<{ rows: string | null }>(
      `select jsonb_agg(to_jsonb(t))::text as rows from ${name} t where t.xmin::text = $1`,
      [found[0]!.xid]
    )
    if (rows[0]?.rows) written.push({ table: name, columns, rows: rows[0].rows })
  }
  const inserts = written.map(
    ({ table, columns }, index) =>
      `w${index} as (insert into ${table} (${columns}) select ${columns} from jsonb_populate_recordset(null::${table}, $${index + 1}::jsonb))`
  )
  return {
    text: `with ${inserts.join(', ')} select 1`,
    values: n => written.map(({ rows }) => elsewhere(otherwise(rows, n), n))
  }
}

/** Table and id of what was made; of a Bundle, of one of those in it. */
function rootOf(resource: FhirResource): [string, string] {
  if (resource.resourceType === 'Appointment') return ['appointments', resource.id!]
  if (resource.resourceType !== 'Bundle') return ['practitioner_roles', resource.id!]
  const [first] = resource.entry ?? []
  return first?.resource?.resourceType === 'Appointment'
    ? ['appointments', first.resource.id!]
    : ['practitioner_roles', firstOf(resource)]
}

function firstOf(bundle: Bundle): string {
  const location = bundle.entry
    ?.map(({ response }) => response?.location ?? '')
    .find(each => each.includes('PractitionerRole/'))
  return /PractitionerRole\/([^/]+)/.exec(location ?? '')![1]!
}

/** Those that the server's role may insert into: the others are filled by triggers. Columns but the generated ones. */
async function writableTables(pool: pg.Pool): Promise<{ name: string; columns: string }[]> {
  const { rows } = await pool.query<{ name: string; columns: string }>(
    `select c.oid::regclass::text as name, string_agg(quote_ident(attname), ', ' order by attnum) as columns
     from pg_class c join pg_attribute a on a.attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = ''
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and has_table_privilege('locum_server', c.oid, 'insert')
     group by c.oid order by 1`
  )
  return rows
}

/** Every UUID, number, login and address becomes another, the same one wherever it stands. */
function otherwise(rows: string, n: number): string {
  const hex = n.toString(16).padStart(6, '0')
  return rows
    .replace(/([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-)[0-9a-f]{6}([0-9a-f]{6})/g, `$1${hex}$2`)
    .replace(/"2[0-9]{9}"/g, `"3${String(n).padStart(9, '0')}"`)
    .replace(/[a-z0-9]+\.\d+p?(?=@clinic\.example|")/g, `floor.${n}`)
    .replace(/t-\d+-\d+-(\d+)/g, `t-floor-${n}-$1`)
}
