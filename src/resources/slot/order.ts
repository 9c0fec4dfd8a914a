/** Slots in the order that is asked for, free and stored ones together. https://hl7.org/fhir/R4/search.html#sort */
import type { Cursor, SortKey } from '../../search/plan.js'
import type { FreeSlot, Item } from './resource.js'

export type Keys = Cursor['sort']
type Position = Pick<Item, 'keys' | 'id'>
/** Negative when the first comes before the other. */
export type Compare = (one: Position, other: Position) => number

type Values = (slot: FreeSlot) => readonly unknown[]
const start: Values = ({ opening }) => [new Date(opening.start).toISOString()]
const ofService =
  (list: 'categories' | 'types' | 'specialties'): Values =>
  ({ offer }) =>
    offer.service?.[list].map(({ code }) => code) ?? []

/** What a free Slot has of each parameter; of all others it has none. */
const VALUES: Readonly<Record<string, Values>> = {
  _id: ({ id }) => [id],
  start,
  'free-start': start,
  status: () => ['free'],
  schedule: ({ offer }) => [offer.schedule.id],
  // The first coding, as the column of stored ones has it.
  'appointment-type': ({ opening: { appointmentTypes: [first] = [] } }) => [first?.slice(first.indexOf('|') + 1)],
  'service-category': ofService('categories'),
  'service-type': ofService('types'),
  specialty: ofService('specialties'),
  'service-type-reference': ({ offer }) => [offer.service?.id]
}

/** As the store has them of stored ones: the smallest of several values ascending, the largest descending. */
export const keysOf = (slot: FreeSlot, sort: readonly SortKey[]): Keys =>
  sort.map(({ param, descending }) => {
    const values = Object.hasOwn(VALUES, param.name) ? VALUES[param.name]!(slot) : []
    const texts = values.filter(value => typeof value === 'string').sort(byText)
    return texts.at(descending ? -1 : 0) ?? null
  })

/** What is missing counts as the largest, ties go by id in the direction of the last key: the order of the store. */
export function orderOf(sort: readonly SortKey[], backward = false): Compare {
  const turned = backward ? -1 : 1
  const terms = sort.map(({ param, descending }) => ({
    compare: param.type === 'date' ? byMoment : byText,
    turn: descending ? -turned : turned
  }))
  const last = terms.at(-1)?.turn ?? turned
  return (one, other) => {
    for (const [at, { compare, turn }] of terms.entries()) {
      const [a, b] = [one.keys[at] ?? null, other.keys[at] ?? null]
      const difference = a === null || b === null ? Number(a === null) - Number(b === null) : compare(a, b)
      if (difference !== 0) return difference * turn
    }
    return byText(one.id, other.id) * last
  }
}

/** By code point, as the collation "C" has it. */
const byText = (a: string, b: string): number => (a === b ? 0 : Buffer.compare(Buffer.from(a), Buffer.from(b)))

/** Instants of UTC, as Postgres writes them or as ISO has it, to the microsecond. */
const byMoment = (a: string, b: string): number => byText(moment(a), moment(b))
const moment = (text: string): string => {
  const [, day, time, fraction = ''] = /^(\S+?)[T ](\d\d:\d\d:\d\d)(?:\.(\d+))?/.exec(text) ?? []
  return `${day}T${time}.${fraction.padEnd(6, '0')}`
}
