/** People of the directory, and accounts for them. */
import { readFileSync } from 'node:fs'
import { randomBytes, randomUUID } from 'node:crypto'
import type { Bundle, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { CROWD, type DirectoryPerson } from '../../seeds/demo/directory.js'
import { Unexpected, type Server } from './server.js'

export const NPI = 'http://hl7.org/fhir/sid/us-npi'

/** A JSON file of this folder. */
export const example = <T>(path: string): T =>
  JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')) as T

export const byNpi = (npi: string): string => `Practitioner?identifier=${NPI}|${npi}`

/** Someone of the directory who is no practitioner of the tenant. Begins anywhere, so that runs at once do not meet. */
export async function freePerson(server: Server): Promise<DirectoryPerson> {
  const start = Math.floor(Math.random() * CROWD.length)
  for (const person of [...CROWD.slice(start), ...CROWD.slice(0, start)]) {
    const found = await server.send<Bundle<Practitioner>>({ path: byNpi(person.npi), quiet: true })
    if (found.entry?.[0]?.resource?.id?.startsWith('npi-')) return person
  }
  throw new Unexpected('all people of the sample directory are practitioners of the tenant')
}

export interface Account {
  role: PractitionerRole
  login: string
  password: string
}

/** PractitionerRole/clinical-user.json for another person, with a login of its own. */
export function accountFor(person: DirectoryPerson): Account {
  const role = example<PractitionerRole>('PractitionerRole/clinical-user.json')
  const practitioner = role.contained?.[0] as Practitioner
  const login = `${person.given}.${person.family}.${randomBytes(4).toString('hex')}`.toLowerCase()
  const password = randomBytes(12).toString('base64url')
  const [loginExtension, passwordExtension] = practitioner.extension!
  const [npi, labAccount, signOn] = practitioner.identifier!
  loginExtension!.valueString = login
  passwordExtension!.valueString = password
  npi!.value = person.npi
  labAccount!.value = `LAB-${randomBytes(4).toString('hex')}`
  signOn!.value = randomUUID()
  practitioner.name = [{ use: 'official', text: fullName(person), family: person.family, given: [person.given] }]
  if (person.suffix) practitioner.name[0]!.suffix = [person.suffix]
  practitioner.telecom = [{ system: 'email', value: `${randomBytes(8).toString('hex')}@clinic.example`, use: 'work' }]
  return { role, login, password }
}

export const fullName = ({ given, family, suffix }: DirectoryPerson): string =>
  `${given} ${family}${suffix ? `, ${suffix}` : ''}`
