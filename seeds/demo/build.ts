/** Builders of the resources of tenant `demo`: what differs is handed in. */
import { npiIdentifier } from '../../src/mapping/directory.js'
import {
  concept,
  email,
  minutes,
  of,
  officialName,
  ours,
  PRACTITIONER_ROLE,
  ref,
  timeZone,
  US_CORE
} from './elements.js'
import type { DirectoryPerson } from './directory.js'
import type { SeedResource } from './insert.js'

const demo = of('demo')
const GROUP = ref('Organization/t-demo')

interface Clinic {
  id: string
  name: string
  alias: string
  line: string
  zip: string
  latitude: number
  longitude: number
}

export const clinic = ({ id, name, alias, line, zip, latitude, longitude }: Clinic): SeedResource =>
  demo({
    resourceType: 'Location',
    id,
    meta: US_CORE('location'),
    extension: [timeZone('America/New_York')],
    status: 'active',
    name,
    alias: [alias],
    mode: 'instance',
    telecom: [{ system: 'phone', value: '+1 518 555 0100', use: 'work' }],
    address: { use: 'work', line: [line], city: 'Albany', state: 'NY', postalCode: zip, country: 'US' },
    position: { latitude, longitude },
    managingOrganization: GROUP
  })

export const licensed = (id: string, person: DirectoryPerson, gender: string, mail?: string): SeedResource =>
  demo({
    resourceType: 'Practitioner',
    id,
    meta: US_CORE('practitioner'),
    identifier: [npiIdentifier(person.npi)],
    active: true,
    name: [officialName(person.given, person.family, person.suffix)],
    ...(mail && { telecom: [email(mail)] }),
    gender
  })

export const unlicensed = (id: string, given: string, family: string, mail?: string): SeedResource =>
  demo({
    resourceType: 'Practitioner',
    id,
    active: true,
    name: [officialName(given, family)],
    ...(mail && { telecom: [email(mail)] })
  })

export const doctor = concept(PRACTITIONER_ROLE, 'doctor', 'Doctor')

export const role = (id: string, practitioner: string, clinics: string[], more: object): SeedResource =>
  demo({
    resourceType: 'PractitionerRole',
    id,
    active: true,
    practitioner: ref(`Practitioner/${practitioner}`),
    organization: GROUP,
    location: clinics.map(each => ref(`Location/${each}`)),
    ...more
  })

interface Service {
  id: string
  name: string
  type: object
  minutes: number
  dollars: number
  clinics: string[]
  /** Role that provides it; none: anyone at its clinics. */
  provider?: string
  aliases?: string[]
  bufferAfter?: number
}

export const service = (given: Service): SeedResource =>
  demo({
    resourceType: 'HealthcareService',
    id: given.id,
    extension: [
      ours('service-duration', minutes(given.minutes)),
      ours('service-price', { valueMoney: { value: given.dollars, currency: 'USD' } }),
      ...(given.bufferAfter ? [ours('buffer-after', minutes(given.bufferAfter))] : []),
      ...(given.aliases ?? []).map(alias => ours('service-alias', { valueString: alias })),
      ...(given.provider
        ? [ours('service-provider', { valueReference: ref(`PractitionerRole/${given.provider}`) })]
        : [])
    ],
    active: true,
    providedBy: GROUP,
    type: [given.type],
    location: given.clinics.map(each => ref(`Location/${each}`)),
    name: given.name,
    appointmentRequired: true
  })

export const schedule = (
  id: string,
  practitioner: string,
  roleId: string,
  place: string,
  hours?: object
): SeedResource =>
  demo({
    resourceType: 'Schedule',
    id,
    extension: [ours('slot-minutes', { valuePositiveInt: 30 }), ...(hours ? [hours] : [])],
    active: true,
    actor: [ref(`PractitionerRole/${roleId}`), ref(`Practitioner/${practitioner}`), ref(`Location/${place}`)]
  })
