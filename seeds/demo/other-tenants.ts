/** The other demo tenants: one doctor each, with hours in a time zone of their own. */
import { npiIdentifier } from '../../src/mapping/directory.js'
import { luhnDigit } from '../../src/domain/identifiers/check-digit.js'
import { HPI_I_SYSTEM } from '../../src/domain/identifiers/index.js'
import { concept, of, officeHours, officialName, PRACTITIONER_ROLE, ref, timeZone } from './elements.js'
import { PERSONS } from './directory.js'
import type { SeedResource } from './insert.js'

type Elements = { id: string; [element: string]: unknown }

interface Practice {
  tenant: string
  zone: string
  clinic: Elements
  practitioner: Elements
}

/** Place, doctor, role and Schedule of a practice. */
function practice({ tenant, zone, clinic, practitioner }: Practice): SeedResource[] {
  const roleId = `${practitioner.id}-${clinic.id}`
  const organization = ref(`Organization/t-${tenant}`)
  const [doctor, place] = [ref(`Practitioner/${practitioner.id}`), ref(`Location/${clinic.id}`)]
  return [
    {
      resourceType: 'Location',
      extension: [timeZone(zone)],
      status: 'active',
      managingOrganization: organization,
      ...clinic
    },
    { resourceType: 'Practitioner', active: true, ...practitioner },
    {
      resourceType: 'PractitionerRole',
      id: roleId,
      active: true,
      practitioner: doctor,
      organization,
      location: [place],
      code: [concept(PRACTITIONER_ROLE, 'doctor', 'Doctor')],
      availableTime: officeHours
    },
    { resourceType: 'Schedule', id: roleId, active: true, actor: [ref(`PractitionerRole/${roleId}`), doctor, place] }
  ].map(of(tenant))
}

const hpii = (stem: string) => ({ system: HPI_I_SYSTEM, value: stem + luhnDigit(stem) })

export const otherTenants: SeedResource[] = [
  ...practice({
    tenant: 'demo-north',
    zone: 'America/Chicago',
    clinic: {
      id: 'lake',
      name: 'Lake Clinic',
      address: { line: ['12 Shore Drive'], city: 'Duluth', state: 'MN', postalCode: '55802', country: 'US' }
    },
    practitioner: {
      id: 'dr-berg',
      identifier: [npiIdentifier(PERSONS.berg.npi)],
      name: [officialName(PERSONS.berg.given, PERSONS.berg.family, PERSONS.berg.suffix)]
    }
  }),
  ...practice({
    tenant: 'demo-au',
    zone: 'Australia/Sydney',
    clinic: {
      id: 'sydney',
      name: 'Sydney Medical Centre',
      address: { line: ['1 George Street'], city: 'Sydney', state: 'NSW', postalCode: '2000', country: 'AU' }
    },
    practitioner: {
      id: 'dr-nguyen',
      identifier: [hpii('800361990012345')],
      name: [officialName('Kim', 'Nguyen')],
      gender: 'female',
      birthDate: '1980-04-12'
    }
  }),
  ...practice({
    tenant: 'demo-es',
    zone: 'Europe/Madrid',
    clinic: {
      id: 'madrid',
      name: 'Clínica Sol',
      address: { line: ['Calle Mayor 5'], city: 'Madrid', postalCode: '28013', country: 'ES' }
    },
    practitioner: { id: 'dra-torres', name: [officialName('Lucía', 'Torres Peña')], gender: 'female' }
  })
]
