/** Elements that Practitioner and Organization of the national provider file have in common. */
import type { Address, Identifier } from 'fhir/r4.js'
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

/** The address in the columns `{kind}_line1`, `_line2`, `_city`, `_state`, `_postal_code`, `_country`. */
export function directoryAddress(row: Row, kind: 'practice' | 'mailing'): Address | undefined {
  const part = (name: string): string | undefined => (row[`${kind}_${name}`] as string | null) ?? undefined
  const line = [part('line1'), part('line2')].filter((each): each is string => !!each)
  const { city, state, postalCode } = { city: part('city'), state: part('state'), postalCode: part('postal_code') }
  if (line.length === 0 && !city) return undefined
  const country = part('country')
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
