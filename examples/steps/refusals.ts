/** What is wrong is refused before anything is written, and the answer says where and what to do. */
import type { Bundle, OperationOutcome, Practitioner } from 'fhir/r4.js'
import { accountFor, byNpi, freePerson } from './people.js'
import type { Server } from './server.js'

export async function refusals(server: Server): Promise<void> {
  server.title('Refusals')
  const person = await freePerson(server)

  const misspelt = accountFor(person).role
  misspelt.meta!.tag![1]!.code = 'NO_SUBCRIPTIONS'
  const tag = await server.send<OperationOutcome>({
    method: 'POST',
    path: 'PractitionerRole',
    body: misspelt,
    note: 'tag NO_SUBCRIPTIONS',
    status: 422
  })
  server.check(
    'it names the code that was meant',
    tag.issue.some(({ details }) => details?.text?.includes('NO_SUBSCRIPTIONS'))
  )
  server.check(
    'and the place',
    tag.issue.some(({ expression }) => expression?.[0]?.startsWith('PractitionerRole.meta.tag[1]'))
  )

  const other = accountFor({ ...person, given: 'Somebody', family: 'Else' }).role
  const name = await server.send<OperationOutcome>({
    method: 'POST',
    path: 'PractitionerRole',
    body: other,
    note: 'a name that is not the one of the directory',
    status: 422
  })
  server.check('it says whose number it is', JSON.stringify(name.issue).includes(person.family))

  await server.send({ path: 'Slot?start=ge2026-13-40', status: 400 })
  const found = await server.send<Bundle<Practitioner>>({ path: byNpi(person.npi), quiet: true })
  server.check('nothing was written', found.entry?.[0]?.resource?.id === `npi-${person.npi}`)
}
