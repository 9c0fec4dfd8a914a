/** The sample of the directory as rows of npi_directory. */
import type { Row } from '../../src/mapping/spec.js'
import { CROWD, GROUPS, ORGANIZATIONS, PERSONS, type DirectoryOrganization, type DirectoryPerson } from './directory.js'

interface Address {
  line1: string
  city: string
  state: string
  postal_code: string
  country: string | null
}

const PLACES = [
  'Albany NY 12207',
  'Duluth MN 55802',
  'Boise ID 83702',
  'Macon GA 31201',
  'Eugene OR 97401',
  'Tulsa OK 74103'
]

function address(index: number): Address {
  const [city, state, zip] = PLACES[index % PLACES.length]!.split(' ') as [string, string, string]
  return { line1: `${100 + index} Example Avenue`, city, state, postal_code: zip, country: 'US' }
}

const GORILLA: Record<'practice' | 'mailing', Address> = {
  practice: { line1: 'N/A', city: 'Lumberton', state: 'TX', postal_code: '95050', country: 'USA' },
  mailing: { line1: '1572 Jungle', city: 'Rain Forest', state: 'TX', postal_code: '77706', country: null }
}

const columns = (kind: string, place: Address): Row =>
  Object.fromEntries(Object.entries(place).map(([name, value]) => [`${kind}_${name}`, value as string | null]))

const shared = (number: string, taxonomy: string, index: number): Row => ({
  npi: number,
  ...columns('practice', address(index)),
  ...columns('mailing', address(index)),
  phone: `518555${String(1000 + index)}`,
  taxonomies: [{ code: taxonomy, primary: true }],
  enumerated_on: '2020-01-15'
})

const personRow = (given: DirectoryPerson, index: number): Row => ({
  ...shared(given.npi, given.taxonomy, index),
  entity_type: '1',
  organization_name: null,
  family: given.family,
  given: given.given,
  middle: given.middle ?? null,
  prefix: given.prefix ?? null,
  suffix: given.suffix ?? null,
  sex: given.sex ?? null,
  active: given.active ?? true,
  ...(given === PERSONS.gorilla && { ...columns('practice', GORILLA.practice), ...columns('mailing', GORILLA.mailing) })
})

const organizationRow = (given: DirectoryOrganization, index: number): Row => ({
  ...shared(given.npi, given.taxonomy, index),
  entity_type: '2',
  organization_name: given.name,
  family: null,
  given: null,
  middle: null,
  prefix: null,
  suffix: null,
  sex: null,
  active: true
})

/** Rows of npi_directory, persons and organizations, the same columns each. */
export function directoryRows(): Row[] {
  const persons: DirectoryPerson[] = [...Object.values(PERSONS), ...CROWD]
  const organizations = [...Object.values(ORGANIZATIONS), ...GROUPS]
  return [
    ...persons.map(personRow),
    ...organizations.map((each, index) => organizationRow(each, persons.length + index))
  ]
}
