/** Use one in a transaction: a practice with its clinic, provider, service, Schedule and an account, all or nothing. */
import type { Bundle, PractitionerRole, Schedule, Slot } from 'fhir/r4.js'
import { accountFor, example, freePerson, fullName } from './people.js'
import type { Server } from './server.js'
import { nextWeek } from './week.js'

export async function provisionInBundle(server: Server): Promise<void> {
  server.title('A whole practice in one transaction')
  const person = await freePerson(server)
  const bundle = example<Bundle>('Bundle/provider-directory.json')
  const account = bundle.entry!.at(-1)!
  const { location, organization } = account.resource as PractitionerRole
  const role: PractitionerRole = { ...accountFor(person).role, location: location!, organization: organization! }
  account.resource = role

  const answer = await server.send<Bundle>({
    method: 'POST',
    path: '',
    body: bundle,
    note: `examples/Bundle/provider-directory.json for ${fullName(person)}`
  })
  const entries = answer.entry ?? []
  const references = entries.map(({ response }) => response?.location?.match(/([A-Za-z]+\/[^/]+)\/_history/)?.[1] ?? '')
  const stored = await server.send<PractitionerRole>({ path: references.at(-1)! })
  await tellWhatWasMade(server, references, stored)

  server.check('it is the answer to a transaction', answer.type === 'transaction-response')
  server.check(
    'each entry was created',
    entries.every(({ response }) => response?.status.startsWith('201'))
  )
  server.check('in the order of the request', String(references.map(typeOf)) === String(bundle.entry!.map(typeAsked)))
  server.check('links became references', stored.location?.[0]?.reference === references[1])

  const schedule = references.find(reference => typeOf(reference) === 'Schedule')
  const free = await server.send<Bundle<Slot>>({ path: `Slot?schedule=${schedule}&${nextWeek()}&status=free&_count=3` })
  server.check('the new Schedule offers Slots', free.entry?.length === 3)
}

/** Beside the entries: the account's practitioner, and Schedules that the server made for the role with hours. */
async function tellWhatWasMade(server: Server, references: string[], account: PractitionerRole): Promise<void> {
  const role = references.find(reference => typeOf(reference) === 'PractitionerRole')
  const found = await server.send<Bundle<Schedule>>({ path: `Schedule?actor=${role}`, quiet: true })
  const schedules = (found.entry ?? []).map(({ resource }) => `Schedule/${resource!.id}`)
  const made = [account.practitioner!.reference!, ...references, ...schedules]
  for (const reference of new Set(made)) server.created(reference)
}

const typeOf = (reference: string): string => reference.split('/')[0] ?? ''
const typeAsked = (entry: { resource?: { resourceType: string } }): string => entry.resource?.resourceType ?? ''
