/** P14: what the record of an Australian prescriber must hold before anything is prescribed or booked. */
import { HPI_I_SYSTEM, PRESCRIBER_SYSTEM } from './identifiers/index.js'

/** The parts of a Practitioner that count; FHIR's Practitioner has them. */
export interface PrescriberRecord {
  identifier?: readonly { system?: string; value?: string }[]
  extension?: readonly { url: string; valueCodeableConcept?: { coding?: readonly { code?: string }[] } }[]
  qualification?: readonly unknown[]
  birthDate?: string
  gender?: string
}

/** The end of the URL of the extension that says the prescriber's type: M, N, D, P or T. */
const TYPE = '/StructureDefinition/prescriber-type'
/** Of this type nobody has a prescriber number. */
const WITHOUT_NUMBER = 'T'

const typeOf = ({ extension = [] }: PrescriberRecord): string | undefined =>
  extension.find(({ url }) => url.endsWith(TYPE))?.valueCodeableConcept?.coding?.[0]?.code
const has = ({ identifier = [] }: PrescriberRecord, wanted: string): boolean =>
  identifier.some(({ system, value }) => system === wanted && !!value)

interface Need {
  name: string
  /** Element of the Practitioner in which it is said. */
  element: string
  met(record: PrescriberRecord): boolean
}

const NEEDS: readonly Need[] = [
  { name: 'HPI-I', element: 'identifier', met: record => has(record, HPI_I_SYSTEM) },
  { name: 'prescriber type', element: 'extension', met: record => !!typeOf(record) },
  {
    name: 'prescriber number',
    element: 'identifier',
    met: record => typeOf(record) === WITHOUT_NUMBER || has(record, PRESCRIBER_SYSTEM)
  },
  { name: 'qualification', element: 'qualification', met: ({ qualification = [] }) => qualification.length > 0 },
  { name: 'birth date', element: 'birthDate', met: ({ birthDate }) => !!birthDate },
  { name: 'gender', element: 'gender', met: ({ gender }) => !!gender }
]

/** What is missing, in a fixed order; the SQL twin is app.prescriber_lacks. */
export const prescriberLacks = (record: PrescriberRecord): { name: string; element: string }[] =>
  NEEDS.filter(need => !need.met(record)).map(({ name, element }) => ({ name, element }))
