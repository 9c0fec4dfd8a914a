/** A record of the national provider file as a row of npi_directory, or what is wrong with it. */
import { checkNpi } from '../../domain/identifiers/npi.js'
import type { DirectoryRow } from '../../store/postgres/directory-rows.js'
import { fieldsOf, type Header, type ProviderHeader } from './header.js'

/** A record that is left out, and why. */
export class BadRecord extends Error {}

/** Throws BadRecord. */
export function readRecord(header: Header, text: string, line: number): DirectoryRow {
  const fields = fieldsOf(text)
  if (!fields) throw new BadRecord('the quotes do not match')
  if (fields.length !== header.columns)
    throw new BadRecord(`it has ${fields.length} values, the header ${header.columns}`)
  if (header.kind === 'providers') return provider(header, fields, line)
  const value = valueOf(fields)
  return gone(npiOf(value(header.npi)), line, dateOf(value(header.deactivated), 'NPI Deactivation Date'))
}

type Value = (position: number) => string | null

/** Without blanks around and characters that no text has; null when there is nothing. */
const valueOf =
  (fields: readonly string[]): Value =>
  position => {
    // eslint-disable-next-line no-control-regex
    const text = fields[position]!.replace(/[\u0000-\u001f\u007f]/g, ' ').trim()
    return text === '' || text === '--' ? null : text
  }

function npiOf(value: string | null): string {
  const verdict = checkNpi(value ?? '')
  if (!verdict.ok) throw new BadRecord(`${verdict.reason}: "${value ?? ''}"`)
  return value!
}

/** mm/dd/yyyy or yyyy-mm-dd of a day that exists, as the latter. */
function dateOf(value: string | null, column: string): string | null {
  if (value === null) return null
  const iso = value.replace(/^(\d\d)\/(\d\d)\/(\d{4})$/, '$3-$1-$2')
  const exists = /^\d{4}-\d\d-\d\d$/.test(iso) && new Date(`${iso}T00:00Z`).toJSON()?.startsWith(iso)
  if (!exists) throw new BadRecord(`${column} is no date: "${value}"`)
  return iso
}

const NOTHING = { ...emptyRow() }

function emptyRow(): Omit<DirectoryRow, 'npi' | 'line'> {
  const parts = ['line1', 'line2', 'city', 'state', 'postal_code', 'country']
  const addresses = ['practice', 'mailing'].flatMap(kind => parts.map(part => [`${kind}_${part}`, null]))
  const names = ['organization_name', 'family', 'given', 'middle', 'prefix', 'suffix', 'credential', 'sex']
  const others = ['entity_type', 'active', 'other_names', 'phone', 'fax', 'taxonomies', 'enumerated_on']
  const ends = ['deactivated_on', 'reactivated_on', 'deactivation_reason', 'replacement_npi']
  const nothing = [...names, ...others, ...ends].map(name => [name, null])
  return Object.fromEntries([...addresses, ...nothing]) as Omit<DirectoryRow, 'npi' | 'line'>
}

/** Of a number that was deactivated the file has hardly more than the date: the rest stays as it was. */
function gone(npi: string, line: number, on: string | null): DirectoryRow {
  if (on === null) throw new BadRecord('it has neither Entity Type Code nor NPI Deactivation Date')
  return { ...NOTHING, npi, line, active: 'false', deactivated_on: on }
}

function provider(header: ProviderHeader, fields: readonly string[], line: number): DirectoryRow {
  const value = valueOf(fields)
  const { state, texts } = header
  const npi = npiOf(value(state.npi))
  const deactivated = dateOf(value(state.deactivated), 'NPI Deactivation Date')
  const entityType = value(state.entityType)
  if (entityType === null)
    return { ...gone(npi, line, deactivated), deactivation_reason: value(texts.deactivation_reason) }
  if (entityType !== '1' && entityType !== '2')
    throw new BadRecord(`Entity Type Code is 1 or 2, not "${entityType.slice(0, 20)}"`)
  const reactivated = dateOf(value(state.reactivated), 'NPI Reactivation Date')
  const row: DirectoryRow = {
    ...NOTHING,
    npi,
    line,
    entity_type: entityType,
    // Both are yyyy-mm-dd, which sort as they follow each other.
    active: String(deactivated === null || (reactivated !== null && reactivated >= deactivated)),
    phone: value(state.practicePhone) ?? value(state.mailingPhone),
    fax: value(state.practiceFax) ?? value(state.mailingFax),
    taxonomies: JSON.stringify(taxonomies(header, value)),
    other_names: JSON.stringify(otherNames(header, entityType, value)),
    enumerated_on: dateOf(value(state.enumerated), 'Provider Enumeration Date'),
    deactivated_on: deactivated,
    reactivated_on: reactivated
  }
  for (const column in texts) row[column as keyof typeof texts] = value(texts[column as keyof typeof texts])
  const named = entityType === '1' ? row.family : row.organization_name
  if (named === null && row.active === 'true') throw new BadRecord('it has no name')
  return row
}

/** Entries of column `taxonomies`; absent keys are absent values. */
function taxonomies(header: ProviderHeader, value: Value): object[] {
  return header.taxonomies.flatMap(at => {
    const code = value(at.code)
    if (code === null) return []
    const license = value(at.license)
    const state = value(at.state)
    return [{ code, primary: value(at.primary) === 'Y', ...(license && { license }), ...(state && { state }) }]
  })
}

/** Entries of column `other_names`: `name` of organizations, the parts of persons; `type` is the file's code. */
function otherNames({ otherName }: ProviderHeader, entityType: '1' | '2', value: Value): object[] {
  const { name, nameType, familyType, ...parts } = otherName
  const positions = entityType === '1' ? { ...parts, type: familyType } : { name, type: nameType }
  const found = Object.entries(positions).flatMap(([key, position]) => {
    const text = value(position)
    return text === null ? [] : [[key, text]]
  })
  return found.some(([key]) => key === 'family' || key === 'name') ? [Object.fromEntries(found) as object] : []
}
