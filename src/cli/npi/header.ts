/** The first line of a file: what kind of file it is, and where its columns are. */
import { parse } from 'csv-parse/sync'
import { TAXONOMIES } from './columns.js'

/** Names of columns compare without case and whatever the blanks. */
const plain = (name: string): string => name.replace(/\s+/g, ' ').trim().toLowerCase()

/** Columns of npi_directory that are columns of the file as they are; of several names the file has one. */
const TEXTS = {
  replacement_npi: ['Replacement NPI'],
  organization_name: ['Provider Organization Name (Legal Business Name)'],
  family: ['Provider Last Name (Legal Name)'],
  given: ['Provider First Name'],
  middle: ['Provider Middle Name'],
  prefix: ['Provider Name Prefix Text'],
  suffix: ['Provider Name Suffix Text'],
  credential: ['Provider Credential Text'],
  sex: ['Provider Sex Code', 'Provider Gender Code'],
  deactivation_reason: ['NPI Deactivation Reason Code'],
  ...addressColumns('mailing', 'Mailing'),
  ...addressColumns('practice', 'Practice Location')
} as const

type AddressPart = 'line1' | 'line2' | 'city' | 'state' | 'postal_code' | 'country'

function addressColumns<K extends string>(kind: K, name: string): Record<`${K}_${AddressPart}`, [string]> {
  const parts: Record<AddressPart, string> = {
    line1: `Provider First Line Business ${name} Address`,
    line2: `Provider Second Line Business ${name} Address`,
    city: `Provider Business ${name} Address City Name`,
    state: `Provider Business ${name} Address State Name`,
    postal_code: `Provider Business ${name} Address Postal Code`,
    country: `Provider Business ${name} Address Country Code (If outside U.S.)`
  }
  const entries = Object.entries(parts).map(([part, header]) => [`${kind}_${part}`, [header]])
  return Object.fromEntries(entries) as Record<`${K}_${AddressPart}`, [string]>
}

const OTHER_NAME = {
  name: ['Provider Other Organization Name'],
  nameType: ['Provider Other Organization Name Type Code'],
  family: ['Provider Other Last Name'],
  given: ['Provider Other First Name'],
  middle: ['Provider Other Middle Name'],
  prefix: ['Provider Other Name Prefix Text'],
  suffix: ['Provider Other Name Suffix Text'],
  credential: ['Provider Other Credential Text'],
  familyType: ['Provider Other Last Name Type Code']
} as const

const STATE = {
  npi: ['NPI'],
  entityType: ['Entity Type Code'],
  enumerated: ['Provider Enumeration Date'],
  deactivated: ['NPI Deactivation Date'],
  reactivated: ['NPI Reactivation Date'],
  practicePhone: ['Provider Business Practice Location Address Telephone Number'],
  mailingPhone: ['Provider Business Mailing Address Telephone Number'],
  practiceFax: ['Provider Business Practice Location Address Fax Number'],
  mailingFax: ['Provider Business Mailing Address Fax Number']
} as const

const taxonomy = (n: number) => ({
  code: [`Healthcare Provider Taxonomy Code_${n}`],
  license: [`Provider License Number_${n}`],
  state: [`Provider License Number State Code_${n}`],
  primary: [`Healthcare Provider Primary Taxonomy Switch_${n}`]
})

type Positions<T> = { readonly [K in keyof T]: number }
export interface ProviderHeader {
  kind: 'providers'
  columns: number
  texts: Positions<typeof TEXTS>
  otherName: Positions<typeof OTHER_NAME>
  state: Positions<typeof STATE>
  taxonomies: readonly Positions<ReturnType<typeof taxonomy>>[]
}
/** The report of numbers that were deactivated. */
export interface DeactivationHeader {
  kind: 'deactivations'
  columns: number
  npi: number
  deactivated: number
}
export type Header = ProviderHeader | DeactivationHeader

const DEACTIVATIONS = { npi: ['NPI'], deactivated: ['NPPES Deactivation Date', 'NPI Deactivation Date'] } as const

/** Undefined when the line does not begin with NPI: a title. Throws an Error that names the columns that are missing. */
export function readHeader(line: string): Header | undefined {
  const names = fieldsOf(line)?.map(plain) ?? []
  if (names[0] !== 'npi') return undefined
  const missing: string[] = []
  const columns = names.length
  if (!names.includes('entity type code')) {
    const header = { kind: 'deactivations' as const, columns, ...positions(names, DEACTIVATIONS, missing) }
    if (missing.length > 0) throw new Error(absent(['Entity Type Code', ...missing]))
    return header
  }
  const header: ProviderHeader = {
    kind: 'providers',
    columns,
    texts: positions(names, TEXTS, missing),
    otherName: positions(names, OTHER_NAME, missing),
    state: positions(names, STATE, missing),
    taxonomies: Array.from({ length: TAXONOMIES }, (_, index) => positions(names, taxonomy(index + 1), missing))
  }
  if (missing.length > 0) throw new Error(absent(missing))
  return header
}

const absent = (missing: string[]): string =>
  `The file is not of the form that is published, it has no column ${missing
    .slice(0, 5)
    .map(name => `"${name}"`)
    .join(', ')}${missing.length > 5 ? ` and ${missing.length - 5} more` : ''}`

function positions<T extends Record<string, readonly string[]>>(
  names: readonly string[],
  wanted: T,
  missing: string[]
): Positions<T> {
  const found = Object.entries(wanted).map(([key, headers]) => {
    const position = names.findIndex(name => headers.some(header => plain(header) === name))
    if (position < 0) missing.push(headers[0] as string)
    return [key, position]
  })
  return Object.fromEntries(found) as Positions<T>
}

/**
 * The values of a line. As it is published, with each value in quotes and none within, a line is cut ten times faster
 * than a CSV reader does it; any other line goes to the reader. Undefined when it is no CSV.
 */
export function fieldsOf(line: string): string[] | undefined {
  if (line.startsWith('"') && line.endsWith('"')) {
    const fields = line.slice(1, -1).split('","')
    if (!fields.some(field => field.includes('"'))) return fields
  }
  try {
    return parse(line, { relax_column_count: true })[0]
  } catch {
    return undefined
  }
}
