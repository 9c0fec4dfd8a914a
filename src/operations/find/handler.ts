/** `Appointment/$find`: what could be booked, as proposed Appointments. https://profiles.ihe.net/ITI/Scheduling (ITI-115) */
import { fhirError } from '../../fhir/errors.js'
import { outcome } from '../../fhir/outcome.js'
import { CANONICAL } from '../../fhir/types.js'
import type { Context, FhirResponse, Operation, OperationCall } from '../../interactions/context.js'
import { notPermitted } from '../../interactions/refuse.js'
import { parseDate } from '../../search/dates.js'
import { given, textsOf, type Given } from '../appointment/parameters.js'
import { calendars } from './calendars.js'
import { CRITERIA, criteriaOf } from './criteria.js'
import { openings, type Wanted } from './openings.js'
import { proposed } from '../appointment/proposed.js'

export const findOperation: Operation = {
  name: 'find',
  definition: `${CANONICAL}/OperationDefinition/Appointment-find`,
  types: ['Appointment'],
  on: ['type'],
  reads: true,
  run: find
}

/** Beside what is looked for in Slots: who takes part, and what says nothing about a free time. */
const PATIENT = ['patient-reference', 'patient-id']
const UNUSED = ['reason', 'patient-resource', 'coverage', 'insurance-reference', 'referral-identifier', 'timing']
const NAMES = [
  'start',
  'end',
  ...CRITERIA,
  'practitioner',
  'location',
  'location-reference',
  'schedule',
  '_count',
  ...PATIENT,
  ...UNUSED
]
const MAX_DAYS = 31
const DEFAULT_COUNT = 20
const MAX_COUNT = 1000

async function find(context: Context, call: OperationCall): Promise<FhirResponse> {
  for (const type of ['Slot', 'Schedule']) if (!context.may(type, 's')) throw notPermitted(type, 's')
  const all = given(call, 'find', NAMES)
  const wanted: Wanted = { ...rangeOf(all, context), criteria: criteriaOf(all), count: countOf(all) }
  const { found, total } = await openings(context, wanted, await calendars(context, all))
  const patients = textsOf(all, ...PATIENT)
  const unused = UNUSED.filter(name => all.some(each => each.name === name))
  const entry = [
    ...(await proposed(context, found, patients)).map(resource => ({ resource, search: { mode: 'match' } })),
    ...(unused.length > 0 ? [{ resource: outcome(unused.map(told)), search: { mode: 'outcome' } }] : [])
  ]
  return {
    status: 200,
    headers: {},
    body: { resourceType: 'Bundle', type: 'searchset', total, ...(entry.length > 0 && { entry }) }
  }
}

const told = (name: string) => ({
  severity: 'information' as const,
  code: 'informational' as const,
  text: `${name} does not change what is free, and was not looked at`,
  expression: name
})

const DAY = /^\d{4}-\d\d-\d\d/

/** Both ends; a date is a day of the tenant's wall clock, as in searches, and the last one is included. */
function rangeOf(all: readonly Given[], { now }: Context): { start: string; end: string } {
  const [start, end] = ['start', 'end'].map(name => {
    const texts = textsOf(all, name)
    const date = texts.length === 1 && DAY.test(texts[0]!) ? parseDate(texts[0]!, { now }) : undefined
    if (!date)
      throw fhirError('required', `$find needs one ${name}: a date, such as 2026-03-09, or a time with its zone`, {
        expression: name
      })
    return { text: texts[0]!, at: Date.parse(date.low) }
  })
  const days = (end!.at - start!.at) / 86_400_000
  if (days < 0) throw fhirError('value', 'end lies before start', { expression: 'end' })
  if (days > MAX_DAYS)
    throw fhirError('too-costly', `$find looks at ${MAX_DAYS} days at most: ask for less`, { expression: 'end' })
  return { start: start!.text, end: end!.text }
}

function countOf(all: readonly Given[]): number {
  const [text = String(DEFAULT_COUNT)] = textsOf(all, '_count')
  if (!/^\d{1,6}$/.test(text)) throw fhirError('value', '_count is a whole number', { expression: '_count' })
  return Math.min(Number(text), MAX_COUNT)
}
