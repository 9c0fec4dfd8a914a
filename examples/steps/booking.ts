/** Use four: from a free time to an appointment, to another time, and back. */
import type { Appointment, Bundle, OperationOutcome, Slot } from 'fhir/r4.js'
import type { Server } from './server.js'
import { days } from './week.js'

type Answer = Bundle<Appointment>

const PATIENT = 'Patient/p1'

const appointments = (bundle: Answer): Appointment[] => (bundle.entry ?? []).map(({ resource }) => resource!)
const slotOf = ({ slot = [] }: Appointment): string => slot[0]!.reference!

export async function booking(server: Server): Promise<void> {
  server.title('An appointment')
  const asked = `healthcare-service=HealthcareService/haircut&patient-reference=${PATIENT}`
  const found = appointments(await server.send<Answer>({ path: `Appointment/$find?${days()}&${asked}&_count=100` }))
  server.check('two are proposed at least', found.length > 1)
  const at = Math.floor(Math.random() * (found.length - 1))
  const [proposed, later] = found.slice(at, at + 2) as [Appointment, Appointment]

  const held = await hold(server, proposed)
  const book = `Appointment/${held.id}/$book`
  const [booked] = appointments(await server.send<Answer>({ method: 'POST', path: book }))
  server.check('it is booked', booked?.status === 'booked')
  await refusedToOthers(server, proposed)

  const move = `Appointment/${held.id}/$reschedule`
  const body = {
    resourceType: 'Parameters',
    parameter: [{ name: 'slot', valueReference: { reference: slotOf(later) } }]
  }
  const [moved] = appointments(await server.send<Answer>({ method: 'POST', path: move, body, note: slotOf(later) }))
  server.check('it is at the other time', Date.parse(moved!.start!) === Date.parse(later.start!))
  await isFree(server, slotOf(proposed))

  const cancel = `Appointment/${held.id}/$cancel?cancelation-reason=Travelling`
  const [cancelled] = appointments(await server.send<Answer>({ method: 'POST', path: cancel }))
  server.check('the reason is kept', cancelled?.cancelationReason?.text === 'Travelling')
  await isFree(server, slotOf(later))
}

/** Nobody else gets the time while it is held. */
async function hold(server: Server, proposed: Appointment): Promise<Appointment> {
  const answer = await server.send<Answer>({
    method: 'POST',
    path: 'Appointment/$hold',
    body: proposed,
    note: `${slotOf(proposed)} for ${PATIENT}`
  })
  const [held] = appointments(answer)
  server.created(`Appointment/${held!.id}`)
  server.check('it is pending', held?.status === 'pending')
  const slot = await server.send<Slot>({ path: slotOf(proposed) })
  server.check('its Slot is taken for now', slot.status === 'busy-tentative')
  return held!
}

async function refusedToOthers(server: Server, proposed: Appointment): Promise<void> {
  const { issue } = await server.send<OperationOutcome>({
    method: 'POST',
    path: 'Appointment',
    body: { ...proposed, status: 'booked' },
    note: `${slotOf(proposed)} once more`,
    status: 409
  })
  server.check('it says that the Slot is taken', issue[0]?.code === 'conflict')
}

async function isFree(server: Server, path: string): Promise<void> {
  const { status } = await server.send<Slot>({ path, quiet: true })
  server.check(`${path} is free again`, status === 'free')
}
