/** Use three: free time, computed from hours. */
import type { Bundle, Schedule, Slot } from 'fhir/r4.js'
import { example } from './people.js'
import type { Server } from './server.js'
import { nextWeek } from './week.js'

type Slots = Bundle<Slot | Schedule>

const ROLE = 'PractitionerRole/dr-garcia-main'
const matches = (bundle: Slots): Slot[] =>
  (bundle.entry ?? []).filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource as Slot)

export async function slots(server: Server): Promise<void> {
  server.title('Free Slots')
  const week = nextWeek()
  const mine = `Slot?schedule.actor=${ROLE}&${week}&status=free`

  const first = await server.send<Slots>({ path: `${mine}&_include=Slot:schedule&_count=3` })
  server.check('a page of three', matches(first).length === 3)
  server.check('they are free and in order', inOrder(matches(first)))
  server.check('their Schedule is included', first.entry?.some(({ search }) => search?.mode === 'include') === true)
  server.check('there is a next page', first.link?.some(({ relation }) => relation === 'next') === true)

  await byOtherWays(server, week)
  await taken(server, mine)
}

async function byOtherWays(server: Server, week: string): Promise<void> {
  const haircut = `service-type-reference=HealthcareService/haircut`
  const cut = await server.send<Slots>({ path: `Slot?${haircut}&${week}&status=free&_count=2` })
  server.check(
    'a service sets the length',
    matches(cut).length === 2 && matches(cut).every(slot => minutes(slot) === 45)
  )

  const named = 'schedule.actor:PractitionerRole.practitioner.family=garcia'
  const byName = await server.send<Slots>({ path: `Slot?${named}&${week}&status=free&_count=2` })
  server.check("by the practitioner's name", matches(byName).every(isAt('Schedule/dr-garcia-main')))

  const placed = 'schedule.actor:Location.name=harbor'
  const byPlace = await server.send<Slots>({ path: `Slot?${placed}&${week}&status=free&_count=2` })
  server.check("by the clinic's name", matches(byPlace).length === 2)
}

/** A stored busy Slot takes an opening away; without it the same opening is back. */
async function taken(server: Server, mine: string): Promise<void> {
  const path = `${mine}&_count=200`
  const offered = matches(await server.send<Slots>({ path, quiet: true }))
  const opening = offered[Math.floor(Math.random() * offered.length)]!
  const read = await server.send<Slot>({ path: `Slot/${opening.id}` })
  server.check('a computed Slot is read by its id', read.start === opening.start)

  const { start, end, schedule } = opening
  const busy = { ...example<Slot>('Slot/busy.json'), start, end, schedule }
  const stored = await server.send<Slot>({ method: 'POST', path: 'Slot', body: busy, note: 'busy', status: 201 })
  server.created(`Slot/${stored.id}`)
  const left = matches(await server.send<Slots>({ path, quiet: true }))
  server.check('it is no longer offered', !left.some(({ id }) => id === opening.id))
  await server.send({ path: `Slot/${opening.id}`, status: 404 })
}

const inOrder = (list: Slot[]): boolean =>
  list.every(({ status, start }, index) => status === 'free' && start >= (list[index - 1]?.start ?? ''))
const minutes = ({ start, end }: Slot): number => (Date.parse(end) - Date.parse(start)) / 60_000
const isAt = (reference: string) => (slot: Slot) => slot.schedule.reference === reference
