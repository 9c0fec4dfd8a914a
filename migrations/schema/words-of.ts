/** The words tables that there are, and whose texts they hold. */
import type { Words } from './words.js'

const ADDRESS: Pick<Words, 'columns' | 'parts' | 'split'> = {
  columns: ['text', 'line', 'city', 'state', 'postal_code', 'country', 'rest'],
  parts: {
    text: 's.text',
    line: 's.line[]',
    city: 's.city',
    district: `s.rest ->> 'district'`,
    state: 's.state',
    postalcode: 's.postal_code',
    country: 's.country'
  },
  split: ['text', 'line', 'city']
}
const PRACTITIONER = { of: 'practitioners', key: 'practitioner_id' }
const ORGANIZATION = { of: 'organizations', key: 'organization_id' }

export const WORDS = {
  practitioner_name_words: {
    ...PRACTITIONER,
    from: 'practitioner_names',
    columns: ['text', 'family', 'given', 'prefix', 'suffix'],
    parts: { text: 's.text', family: 's.family', given: 's.given[]', prefix: 's.prefix[]', suffix: 's.suffix[]' },
    split: ['text', 'family', 'given']
  },
  practitioner_address_words: { ...PRACTITIONER, from: 'practitioner_addresses', ...ADDRESS },
  organization_address_words: { ...ORGANIZATION, from: 'organization_addresses', ...ADDRESS },
  organization_name_words: {
    ...ORGANIZATION,
    from: 'organizations',
    columns: ['name'],
    parts: { name: 's.name' },
    split: ['name']
  },
  clinic_address_words: {
    of: 'clinics',
    key: 'clinic_id',
    from: 'clinics',
    columns: [...ADDRESS.columns.slice(0, -1).map(name => `address_${name}`), 'rest'],
    parts: {
      text: 's.address_text',
      line: 's.address_line[]',
      city: 's.address_city',
      district: `s.rest #>> '{address,district}'`,
      state: 's.address_state',
      postalcode: 's.address_postal_code',
      country: 's.address_country'
    },
    split: ADDRESS.split
  }
} satisfies Record<string, Words>
