/** Resources that are worked out from rows, never stored (free Slots): what a source of them does, and what it is given. */
import type { Resource } from '../fhir/types.js'
import type { Condition, Cursor, SearchPlan } from './plan.js'
import type { ScheduleRequest, ScheduleRows } from './schedule-rows.js'

/** One version of a resource as it is read. `text` is the JSON of the resource, meta.versionId and lastUpdated in it. */
export interface StoredDocument {
  type: string
  id: string
  /** 0: computed, so that there are no versions. */
  version: number
  /** Instant, ISO with Z; '' for a computed one. */
  updatedAt: string
  deleted: boolean
  text: string
}

export interface SearchPage {
  matches: StoredDocument[]
  /** Values of the sort keys of each match, as the store compares them; a computed source has none. */
  keys?: Cursor['sort'][]
  included: StoredDocument[]
  total?: number
  /** Position for the next page, when there is one. */
  next?: Cursor
  /** Position for the page before, when there is one. */
  previous?: Cursor
}

/** What computed sources ask of the store. */
export interface ComputedStore {
  /** Resources that are stored. Throws FhirError `too-costly` when the statement ran out of time. */
  search(plan: SearchPlan): Promise<SearchPage>
  /** One resource that is stored. */
  read(type: string, id: string): Promise<StoredDocument | undefined>
  /** Schedules and all rows that their openings follow from, in one statement. */
  schedules(request: ScheduleRequest): Promise<ScheduleRows>
}

export interface ComputedEnv {
  store: ComputedStore
  now: Date
  /** Settings of the tenant; minutes and days. */
  tenant: {
    timeZone: string
    appointments: { defaultDuration: number; bufferMinutes: number; horizonDays: number; leadMinutes: number }
  }
}

/** A window that can be taken, as it stands while the lock of its subject is held. Instants in epoch milliseconds. */
export interface Window {
  /** Id of the resource that stands for it once somebody sits in it. */
  id: string
  /** Whose time it takes: `Practitioner/...`, else `Schedule/...`. */
  subject: string
  start: number
  end: number
  /** With its buffers. */
  blocked: { start: number; end: number }
  capacity: number
  /** The resource, taken. */
  resource: Resource
  /** It has a row: it was stored by a client, or somebody sits in it. */
  stands: boolean
  scheduleId: string
  practitionerId?: string
  roleId?: string
  locationId?: string
  serviceId?: string
  /** Tokens `system|code` of what it may be booked for; absent: anything. */
  appointmentTypes?: readonly string[]
}

/** `prefix` marks the ids (`s.`). */
export interface ComputedSource {
  kind: 'computed'
  prefix: string
  /** A page of the whole type, of stored and computed resources; the plan's cursor is opened. Throws FhirError. */
  search(env: ComputedEnv, plan: SearchPlan): Promise<SearchPage>
  /** What stored ones must meet to count as they are; of all others `holders` tells. */
  standing?: Condition
  /**
   * Ids of those resources of `has.type` among the candidates that a computed resource (or a stored one that is not
   * `standing`) refers to which meets `has.where`. Throws FhirError 400 `too-costly`.
   */
  holders?: (
    env: ComputedEnv,
    has: Extract<Condition, { kind: 'has' }>,
    candidates: readonly Condition[]
  ) => Promise<string[]>
  /** Undefined when the rows do not yield it (any more). */
  read(env: ComputedEnv, id: string): Promise<StoredDocument | undefined>
  /** The windows of ids, to be taken together. Throws FhirError 409 where one is taken, 422 where one is not offered. */
  take?(env: ComputedEnv, ids: readonly string[]): Promise<Window[]>
}
