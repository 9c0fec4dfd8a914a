/**
 * A sample of the national provider directory. Nobody in it is a real person: the numbers begin with 2 (those given out
 * so far begin with 1) and carry a valid check digit. Joe Gorilla's is the number that documentation uses.
 */
import { luhnDigit } from '../../src/domain/identifiers/check-digit.js'

export interface DirectoryPerson {
  npi: string
  given: string
  family: string
  middle?: string
  prefix?: string
  suffix?: string
  sex?: 'F' | 'M'
  taxonomy: string
  active?: boolean
}

export interface DirectoryOrganization {
  npi: string
  name: string
  taxonomy: string
}

const TAXONOMY = {
  family: '207Q00000X',
  pediatrics: '208000000X',
  dermatology: '207N00000X',
  internal: '207R00000X',
  physiotherapy: '225100000X',
  assistant: '363A00000X',
  nurse: '363L00000X',
  clinic: '261QP2300X',
  hospital: '282N00000X'
} as const
const SPECIALTIES = ['family', 'pediatrics', 'dermatology', 'internal', 'physiotherapy', 'assistant', 'nurse'] as const

/** A fictitious number: 2, eight digits made from `n` (below 100,000), check digit. */
function npi(n: number): string {
  const stem = `2${String(n * 997 + 123).padStart(8, '0')}`
  return stem + luhnDigit(`80840${stem}`)
}

const person = (n: number, given: string, family: string, more: Partial<DirectoryPerson> = {}): DirectoryPerson => ({
  npi: npi(n),
  given,
  family,
  taxonomy: TAXONOMY.family,
  ...more
})

/** People whom the demo, the examples and the tests know by name. */
export const PERSONS = {
  /** In the directory, and no practitioner of a demo tenant. */
  gorilla: person(0, 'Joe', 'Gorilla', { npi: '1234567893', suffix: 'PA', sex: 'M', taxonomy: TAXONOMY.assistant }),
  garcia: person(1, 'Elena', 'García', { suffix: 'MD', sex: 'F' }),
  lee: person(2, 'Minh', 'Lee', { suffix: 'MD', sex: 'M', taxonomy: TAXONOMY.pediatrics }),
  okafor: person(3, 'Adaeze', 'Okafor', { suffix: 'MD', sex: 'F', taxonomy: TAXONOMY.dermatology }),
  novak: person(4, 'Petr', 'Novák', { sex: 'M', taxonomy: TAXONOMY.physiotherapy }),
  berg: person(5, 'Ingrid', 'Berg', { suffix: 'MD', sex: 'F' }),
  /** From here on: of no tenant. */
  accented: person(6, 'José Ángel', 'Núñez-Peña', { suffix: 'MD', sex: 'M' }),
  twoGivenNames: person(7, 'Mary Ann', "O'Brien", { middle: 'Louise', sex: 'F' }),
  prefixed: person(8, 'Ravi', 'Subramanian', { prefix: 'Dr.', suffix: 'Jr.', sex: 'M', taxonomy: TAXONOMY.internal }),
  deactivated: person(9, 'Walter', 'Gone', { sex: 'M', active: false })
} satisfies Record<string, DirectoryPerson>

export const ORGANIZATIONS = {
  clinic: { npi: npi(10), name: 'Riverbend Family Clinic', taxonomy: TAXONOMY.clinic },
  hospital: { npi: npi(11), name: 'Saint Example Hospital', taxonomy: TAXONOMY.hospital }
} satisfies Record<string, DirectoryOrganization>

const GIVEN = [
  'Ada',
  'Ben',
  'Chloe',
  'Dmitri',
  'Esther',
  'Farid',
  'Grace',
  'Hiro',
  'Inés',
  'Jakub',
  'Keisha',
  'Liam'
].concat([
  'Maya',
  'Noah',
  'Olga',
  'Paulo',
  'Quinn',
  'Rosa',
  'Sven',
  'Tariq',
  'Uma',
  'Victor',
  'Wanda',
  'Xavier',
  'Yara'
])
const FAMILY = [
  'Abbott',
  'Baker',
  'Castillo',
  'Dubois',
  'Eriksen',
  'Fischer',
  'Gómez',
  'Hughes',
  'Ivanova',
  'Johnson'
].concat(['Kowalski', 'Lopez', 'Martin', 'Nakamura', 'Olsen', 'Patel', 'Quintero', 'Rossi', 'Santos', 'Thompson'])

/** 400 more people, each combination of names once: of no tenant, free to be provisioned. */
export const CROWD: readonly DirectoryPerson[] = Array.from({ length: 400 }, (_, index) => {
  const [column, row] = [index % GIVEN.length, Math.floor(index / GIVEN.length)]
  const specialty = SPECIALTIES[index % SPECIALTIES.length]!
  return person(100 + index, GIVEN[column]!, FAMILY[(column * 7 + row) % FAMILY.length]!, {
    taxonomy: TAXONOMY[specialty],
    ...(index % 3 === 0 && { middle: String.fromCharCode(65 + (index % 26)) }),
    ...(index % 2 === 0 && { suffix: specialty === 'nurse' ? 'NP' : 'MD' })
  })
})

const SITES = [
  'Northside',
  'Lakeview',
  'Cedar',
  'Union',
  'Prairie',
  'Summit',
  'Bayside',
  'Orchard',
  'Granite',
  'Willow'
]
const KINDS = ['Medical Group', 'Family Practice', 'Urgent Care']

export const GROUPS: readonly DirectoryOrganization[] = SITES.flatMap((site, index) =>
  KINDS.map((kind, offset) => ({
    npi: npi(1000 + index * KINDS.length + offset),
    name: `${site} ${kind}`,
    taxonomy: TAXONOMY.clinic
  }))
)
