/** Ids of computed Slots: `s.{schedule key}.{service key|0}.{epoch minutes in base 36}.{minutes}`. */
import type { Instant, Interval } from './interval.js'
import { MINUTE } from './zone.js'

export interface SlotKey {
  scheduleKey: string
  /** Absent: a Slot of the schedule without a service. */
  serviceKey?: string
  start: Instant
  minutes: number
}

const FORM = /^s\.([0-9a-z]{1,8})\.([0-9a-z]{1,8})\.(0|[1-9a-z][0-9a-z]{0,5})\.([1-9]\d{0,4})$/

/** `start` is on a whole minute since 1970, as all openings are. */
export function formatSlotId({ scheduleKey, serviceKey = '0', start, minutes }: SlotKey): string {
  return `s.${scheduleKey}.${serviceKey}.${(start / MINUTE).toString(36)}.${minutes}`
}

/** Undefined when it is not an id of that form; each key has one id only. */
export function parseSlotId(id: string): SlotKey | undefined {
  const [, scheduleKey, serviceKey, start, minutes] = FORM.exec(id) ?? []
  if (!scheduleKey || !start) return undefined
  const service = serviceKey === '0' ? {} : { serviceKey }
  return { scheduleKey, ...service, start: Number.parseInt(start, 36) * MINUTE, minutes: Number(minutes) }
}

/** From when to when it is. */
export const slotSpan = ({ start, minutes }: SlotKey): Interval => ({ start, end: start + minutes * MINUTE })
