/** Use one: an account for a clinician, whose name and NPI the directory confirms. */
import type { Bundle, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { accountFor, byNpi, freePerson, fullName } from './people.js'
import type { Server } from './server.js'

export async function provision(server: Server): Promise<void> {
  server.title('An account for a clinician')
  const person = await freePerson(server)
  const { role, login, password } = accountFor(person)
  const before = await server.send<Bundle<Practitioner>>({ path: byNpi(person.npi) })
  server.check('the directory has the person', before.entry?.[0]?.resource?.id === `npi-${person.npi}`)

  const stored = await server.send<PractitionerRole>({
    method: 'POST',
    path: 'PractitionerRole',
    body: role,
    note: `examples/PractitionerRole/clinical-user.json for ${fullName(person)}`,
    status: 201
  })
  const practitioner = stored.practitioner?.reference ?? ''
  server.created(practitioner)
  server.created(`PractitionerRole/${stored.id}`)
  server.check('the practitioner is a resource of its own', /^Practitioner\/[^/]+$/.test(practitioner))
  const text = JSON.stringify(stored)
  server.check('neither login nor password is in the answer', !text.includes(password) && !text.includes(login))

  const own = await server.send<Practitioner>({ path: practitioner })
  const types = own.identifier?.flatMap(({ system, type }) => (system && type?.coding?.[0]?.code) ?? [])
  server.check('NPI, lab account and sign-on number are kept', String(types) === 'NPI,AN,PRN')
  server.check('the user id is told', own.identifier?.some(({ system }) => system?.endsWith('/sid/user-id')) === true)
  server.check('the password is nowhere', !JSON.stringify(own).includes(password))

  const after = await server.send<Bundle<Practitioner>>({ path: byNpi(person.npi) })
  const found = after.entry?.map(({ resource }) => `Practitioner/${resource?.id}`)
  server.check("the NPI now finds the tenant's own practitioner, once", String(found) === practitioner)
}
