/** Elements that Practitioner and Organization of the national provider file have in common. */
import type { Address, CodeableConcept, ContactPoint, Identifier } from 'fhir/r4.js'
import { SYSTEM } from '../fhir/types.js'
import type { Row } from './spec.js'

export const npiIdentifier = (npi: string): Identifier => ({
  type: {
    coding: [{ system: SYSTEM.v2IdentifierType, code: 'NPI', display: 'National provider identifier' }],
    text: 'National provider identifier'
  },
  system: SYSTEM.npi,
  value: npi
})

/** Made once: a name that is put together is looked up slowly. */
const columns = (kind: string): string[] =>
  ['line1', 'line2', 'city', 'state', 'postal_code', 'country'].map(part => `${kind}_${part}`)
const COLUMNS = { practice: columns('practice'), mailing: columns('mailing') }

/** The address in the columns `{kind}_line1`, `_line2`, `_city`, `_state`, `_postal_code`, `_country`. */
export function directoryAddress(row: Row, kind: 'practice' | 'mailing'): Address | undefined {
  const [line1, line2, city, state, postalCode, country] = COLUMNS[kind].map(name => row[name] as string | null)
  const line = [line1, line2].filter((each): each is string => !!each)
  if (line.length === 0 && !city) return undefined
  return {
    use: 'work',
    ...(kind === 'mailing' && { type: 'postal' as const }),
    text: [...line, city, [state, postalCode].filter(Boolean).join(' ')].filter(Boolean).join(', '),
    ...(line.length > 0 && { line }),
    ...(city && { city }),
    ...(state && { state }),
    ...(postalCode && { postalCode }),
    ...(country && { country })
  }
}

export function directoryTelecoms(row: Row): ContactPoint[] {
  const of = (system: 'phone' | 'fax'): ContactPoint[] =>
    row[system] ? [{ system, value: row[system] as string, use: 'work' }] : []
  return [...of('phone'), ...of('fax')]
}

/** An entry of column `taxonomies`. */
export interface DirectoryTaxonomy {
  code: string
  primary: boolean
  license?: string
  /** Where the licence was given. */
  state?: string
}

/** What a provider is, the primary one first. */
export const directoryTaxonomies = ({ taxonomies }: Row): DirectoryTaxonomy[] =>
  ((taxonomies as DirectoryTaxonomy[] | undefined) ?? []).toSorted((a, b) => Number(b.primary) - Number(a.primary))

/** A code of the Health Care Provider Taxonomy. https://taxonomy.nucc.org */
export const taxonomyConcept = ({ code }: DirectoryTaxonomy): CodeableConcept => ({
  coding: [{ system: 'http://nucc.org/provider-taxonomy', code }]
})
