/** Account roles as the clients of seed 004 send them. */
import type { Extension, Identifier, Practitioner, PractitionerRole } from 'fhir/r4.js'
import type { DirectoryPerson } from '../../seeds/demo/directory.js'
import { CANONICAL } from '../../src/fhir/types.js'

export const NPI = 'http://hl7.org/fhir/sid/us-npi'
const HG = 'https://www.healthgorilla.com'
const EXTENSION = `${HG}/fhir/R4/StructureDefinition`

export type AccountRole = Omit<PractitionerRole, 'contained'> & { contained: [Practitioner] }

export interface AccountOptions {
  login?: string
  password?: string
  email?: string
  tags?: string[]
  /** Organization/t-... */
  tenant?: string
}

export const login = (value: string): Extension => ({ url: `${EXTENSION}/hg-practitioner-login`, valueString: value })
export const password = (value: string): Extension => ({
  url: `${EXTENSION}/hg-practitioner-password`,
  valueString: value
})

const typed = (code: string, display: string): Identifier => ({
  type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code, display }], text: display }
})

/** The full example of the document with its placeholders filled in. */
export function clinicalUser(person: DirectoryPerson, options: AccountOptions = {}): AccountRole {
  const unique = `${person.given}.${person.family}`.toLowerCase().replace(/[^a-z.]/g, '')
  const { login: name = unique, password: secret, email = `${unique}@clinic.example`, tags = [], tenant } = options
  return {
    resourceType: 'PractitionerRole',
    meta: {
      profile: ['https://healthgorilla.com/fhir/StructureDefinition/hg-user'],
      ...(tags.length > 0 && { tag: tags.map(code => ({ system: HG, code })) })
    },
    active: true,
    practitioner: { reference: '#pr' },
    ...(tenant && { organization: { reference: `Organization/t-${tenant}` } }),
    code: [
      {
        coding: [
          { system: `${HG}/administrative-role`, code: 'provider', display: 'provider' },
          { system: 'http://hl7.org/fhir/practitioner-role', code: 'doctor', display: 'Doctor' }
        ]
      }
    ],
    contained: [
      {
        resourceType: 'Practitioner',
        id: 'pr',
        meta: {
          profile: [
            'http://hl7.org/fhir/us/core/StructureDefinition/us-core-practitioner',
            'https://healthgorilla.com/fhir/StructureDefinition/hg-practitioner'
          ]
        },
        identifier: [
          { ...typed('NPI', 'National provider identifier'), system: NPI, value: person.npi },
          {
            ...typed('AN', 'Account number'),
            assigner: { reference: 'Organization/f-lab' },
            value: `LAB-${person.npi}`
          },
          {
            ...typed('PRN', 'Provider Number'),
            assigner: { reference: 'Organization/f-sso' },
            value: `U-${person.npi}`
          }
        ],
        name: [
          {
            text: `${person.given} ${person.family}${person.suffix ? `, ${person.suffix}` : ''}`,
            family: person.family,
            given: [person.given],
            ...(person.suffix && { suffix: [person.suffix] })
          }
        ],
        telecom: [{ system: 'email', value: email }],
        extension: [login(name), ...(secret ? [password(secret)] : [])]
      }
    ]
  }
}

/** An account by e-mail and name alone. */
export const userAccount = (email: string, name = 'Noor Haddad'): AccountRole => ({
  resourceType: 'PractitionerRole',
  meta: { profile: [`${CANONICAL}/StructureDefinition/user-account`] },
  contained: [
    { resourceType: 'Practitioner', id: 'user', name: [{ text: name }], telecom: [{ system: 'email', value: email }] }
  ],
  active: true,
  practitioner: { reference: '#user' },
  code: [{ coding: [{ system: `${CANONICAL}/CodeSystem/membership-role`, code: 'STAFF' }] }]
})
