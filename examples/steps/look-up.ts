/** Use two: a provider of the national directory by NPI. */
import type { Bundle, Practitioner } from 'fhir/r4.js'
import { PERSONS } from '../../seeds/demo/directory.js'
import { byNpi } from './people.js'
import type { Server } from './server.js'

export async function lookUp(server: Server): Promise<void> {
  server.title('A provider by NPI')
  const { npi, family } = PERSONS.gorilla
  const found = await server.send<Bundle<Practitioner>>({ path: byNpi(npi) })
  const entry = found.entry?.[0]
  server.check('one match', found.total === 1 && found.entry?.length === 1)
  server.check('it is marked as a match', entry?.search?.mode === 'match')
  server.check('its URL is that of its id', entry?.fullUrl === `${server.base}/Practitioner/${entry?.resource?.id}`)
  server.check('the name is that of the directory', entry?.resource?.name?.[0]?.family === family)
  server.check('there is a self link', found.link?.some(({ relation }) => relation === 'self') === true)

  const plain = await server.send<Bundle<Practitioner>>({ path: `Practitioner?identifier=${npi}` })
  server.check('the same without a system', plain.entry?.[0]?.resource?.id === entry?.resource?.id)
}
