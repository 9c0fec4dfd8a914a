/** The columns of the national provider file, in its order. https://download.cms.gov/nppes/NPI_Files.html */

const numbered = (count: number, ...names: string[]): string[] =>
  Array.from({ length: count }, (_, index) => names.map(name => `${name}_${index + 1}`)).flat()

const after = (prefix: string, ...names: string[]): string[] => names.map(name => `${prefix} ${name}`)

const NAME = ['First Name', 'Middle Name', 'Name Prefix Text', 'Name Suffix Text', 'Credential Text']

const address = (kind: 'Mailing' | 'Practice Location'): string[] => [
  `Provider First Line Business ${kind} Address`,
  `Provider Second Line Business ${kind} Address`,
  ...after(
    `Provider Business ${kind} Address`,
    'City Name',
    'State Name',
    'Postal Code',
    'Country Code (If outside U.S.)',
    'Telephone Number',
    'Fax Number'
  )
]

/** How many taxonomies, each with a licence, a record has room for. */
export const TAXONOMIES = 15

/** All 330. Version 2 of the file has longer texts under the same names, but for that of the provider's sex. */
export const publishedColumns = (version: 1 | 2): string[] => [
  'NPI',
  'Entity Type Code',
  'Replacement NPI',
  'Employer Identification Number (EIN)',
  'Provider Organization Name (Legal Business Name)',
  'Provider Last Name (Legal Name)',
  ...after('Provider', ...NAME),
  ...after('Provider Other', 'Organization Name', 'Organization Name Type Code', 'Last Name', ...NAME),
  'Provider Other Last Name Type Code',
  ...address('Mailing'),
  ...address('Practice Location'),
  'Provider Enumeration Date',
  'Last Update Date',
  'NPI Deactivation Reason Code',
  'NPI Deactivation Date',
  'NPI Reactivation Date',
  version === 1 ? 'Provider Gender Code' : 'Provider Sex Code',
  ...after('Authorized Official', 'Last Name', 'First Name', 'Middle Name', 'Title or Position', 'Telephone Number'),
  ...numbered(
    TAXONOMIES,
    'Healthcare Provider Taxonomy Code',
    'Provider License Number',
    'Provider License Number State Code',
    'Healthcare Provider Primary Taxonomy Switch'
  ),
  ...numbered(
    50,
    'Other Provider Identifier',
    'Other Provider Identifier Type Code',
    'Other Provider Identifier State',
    'Other Provider Identifier Issuer'
  ),
  'Is Sole Proprietor',
  'Is Organization Subpart',
  'Parent Organization LBN',
  'Parent Organization TIN',
  ...after('Authorized Official', 'Name Prefix Text', 'Name Suffix Text', 'Credential Text'),
  ...numbered(TAXONOMIES, 'Healthcare Provider Taxonomy Group'),
  'Certification Date'
]
