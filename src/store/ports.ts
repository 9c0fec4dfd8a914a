/** What the layers above ask of the store. Everything is bound to one tenant; no method takes one. */
import type { Row } from '../mapping/spec.js'
import { FhirError, type Issue } from '../fhir/errors.js'
import type { Condition, SearchPlan } from '../search/plan.js'
import type { ComputedEnv, ComputedStore, SearchPage, StoredDocument, Window } from '../search/computed.js'
import type { Resource } from '../fhir/types.js'
import type { AheadOf, AskedSlot, HoursRow, ScheduleRow } from '../search/schedule-rows.js'

export type { Client, SystemStore, TenantRow, TenantSettings } from './system.js'
export type { SearchPage, StoredDocument }

/** What a write rule must know, as data; answered in one statement. */
export type FactRequest =
  /** Current version of a resource of this tenant: CurrentFact or null. */
  | { kind: 'current'; type: string; id: string }
  /** Live resources that match a search, first come at most count + 1: MatchFact[]. */
  | { kind: 'matches'; plan: SearchPlan }
  /** Live resources of the tenant that refer to one of these, but for those of `besides` (`Type/id`): Referrer[]. */
  | { kind: 'referrers'; type: string; ids: string[]; besides: string[] }
  /** Whether the reference, to a version of a living resource or to whatever stands, resolves for this tenant: boolean. */
  | { kind: 'exists'; type: string; id: string; version?: string }
  /** Directory row of an NPI, or null. */
  | { kind: 'directory'; npi: string }
  /** Which of these login names are taken, over all tenants: Taken. */
  | { kind: 'taken'; username?: string; email?: string; phone?: string }
  /** Directory row of the NPI of a practitioner of the tenant, or null. */
  | { kind: 'directory-of'; practitioner: string }
  /** The account role of a practitioner of the tenant: { id, clinical } or null. */
  | { kind: 'account-of'; practitioner: string }
  /** The membership behind an account role or a member's Practitioner: MembershipFact or null. */
  | { kind: 'membership-of'; type: 'PractitionerRole' | 'Practitioner'; id: string }
  /** P11: a user by id, as seen by the tenant `caller` that lets them in: UserStanding. */
  | { kind: 'user-standing'; user: string; caller: string }
  /** The live practitioner of the tenant that has the identifier: PractitionerFact or null. */
  | { kind: 'practitioner-with'; system: string; value: string }
  /** The practitioner of a role, or of one that is not stored yet by `practitioner`: ProviderFact. */
  | { kind: 'provider'; role: string; practitioner?: string }
  /** The roles that provide a service: AssignedFact[]. */
  | { kind: 'providers-of'; service: string }
  /** Schedules of the practitioner, who is the role's when a role is named: TimetableFact[]. */
  | { kind: 'timetables'; practitioner?: string; role?: string }
  /** Appointments that stand, of a Schedule, or of all of one that takes part: AheadFact. */
  | ({ kind: 'ahead' } & AheadOf)
  /** Which of these Slots somebody else than the holders has: ids. */
  | { kind: 'slots-taken'; slots: readonly AskedSlot[]; holders: string[] }
  /** Rows of a table of the tenant by column: Row[]. Named by rules, never by users. `shared`: a table of all tenants. */
  | { kind: 'rows'; table: string; where: Record<string, string | null>; shared?: boolean }

export interface CurrentFact {
  version: number
  deleted: boolean
  text: string | null
}
export interface MatchFact extends CurrentFact {
  id: string
  /** When the version was made: an instant. */
  at: string
}
export interface Referrer {
  /** Id of what is referred to. */
  target: string
  type: string
  id: string
}
export interface PractitionerFact extends CurrentFact {
  id: string
  membership_id: string | null
}
export interface AssignedFact {
  role: string
  practitioner: string | null
  /** As the practitioner is called. */
  name: string | null
}
export interface ProviderFact extends AssignedFact {
  /** Null: without an account, so nobody said whether or not. */
  provider: boolean | null
  /** Whether the role or a Schedule of it has hours. */
  hours: boolean
}
export interface MembershipFact {
  id: string
  user_id: string
  practitioner_id: string | null
  /** The account role; null when it is gone. */
  role_id: string | null
  status: 'approved' | 'pending' | 'suspended'
  membership_role: 'STAFF' | 'CLINIC_ADMIN'
  is_provider: boolean
  access_roles: string[]
  accepted_at: string | null
  disabled_at: string | null
}
export interface UserStanding {
  /** The user exists, and may log in somewhere. */
  live: boolean
  /** Of the tenant that is written to. */
  member: boolean
  /** Of the caller's tenant, or one below it. */
  administered: boolean
}
/** A Schedule with its own hours, and with those of its role. */
export interface TimetableFact {
  schedule: ScheduleRow
  version: number
  tags: { system?: string; code?: string }[]
  own: HoursRow[]
  ofRole: HoursRow[]
}
export interface AheadFact {
  total: number
  /** The first of them, by start. Epoch milliseconds; `service` null: booked without one. */
  first: { id: string; start: number; end: number; slot: string; schedule: string; service: string | null }[]
}
export interface Taken {
  username: boolean
  email: boolean
  phone: boolean
}

/** A version of a resource to be written: mapped to rows by the registry's spec. `resource` absent = delete. */
export interface ResourceWrite {
  type: string
  id: string
  resource?: Resource
  /** Version the decision was based on; 0 = the resource is new. Another one in the database refuses the commit. */
  expected: number
  /** The id was just made: nothing can stand under it. */
  fresh?: boolean
  /** Columns of the root row that no element holds (membership_id). */
  columns?: Row
  /** Where it lay in the resource that a client sent (`PractitionerRole.contained[0]`), for what is wrong with it. */
  from?: string
}

/**
 * Rows of tables that are no resource (users, memberships). `update` is of one row of the tenant by `key`, default
 * `id`; `call` is of the door `app.{table}`, with the row's values in order.
 */
export interface RowWrite {
  table: string
  mode: 'insert' | 'update' | 'call'
  row: Row
  key?: string
}

/** `key` is the row's own id, made by the caller. */
export interface AuditEntry {
  key: string
  action: string
  type: string
  id: string
  detail?: Row
}
export interface OutboxEntry {
  key: string
  kind: string
  payload: Row
}

/**
 * Windows of time (Slots) that a resource is to hold from now on: taken within the commit, under the locks of those whose
 * time it is, before anything is written. Whatever it held before it leaves.
 */
export interface Claim {
  /** Type of the windows, whose computed source takes them. */
  type: string
  /** Who is to hold them: among the unit's writes. */
  holder: { type: string; id: string }
  /** Where the holder lies in a Bundle. */
  at?: string | undefined
  /** Their ids; none: the holder leaves what it has. */
  windows: readonly string[]
  /** The holder keeps what it has, from now on for good. Refused when its hold ran out. */
  keep?: boolean
  /** For how many minutes; absent: for good. */
  hold?: number
  env: Omit<ComputedEnv, 'store'>
  /** The holder as it is written, now that it is known what it got. Throws FhirError. */
  complete?: (holder: Resource, windows: readonly Window[], heldUntil?: string) => Resource
}

export interface UnitOfWork {
  /** Tenant whose rows these are; absent = the bound one. */
  tenant?: string
  writes: ResourceWrite[]
  rows: RowWrite[]
  audit: AuditEntry[]
  outbox: OutboxEntry[]
  claims?: Claim[]
  /** Advisory locks, taken first and sorted. */
  locks: string[]
  /** What the writes refer to: none of it may be gone. */
  targets?: { type: string; id: string }[]
  premises?: Premise[]
}

/**
 * Facts that a decision was based on. One at a time holds the lock of it; when something is answered otherwise by then, or a
 * search yields other resources, the commit is refused as VersionMoved.
 */
export interface Premise {
  /** A reference, or criteria. */
  of: string
  requests: readonly FactRequest[]
  answers: readonly unknown[]
}

export interface Written extends StoredDocument {
  created: boolean
}

/** `score` from 0 to 1. */
export interface ScoredDocument extends StoredDocument {
  score: number
}

/** The commit was refused because `what` (a reference, or criteria) is no longer what it was: decide again. */
export class VersionMoved extends Error {
  constructor(readonly what: string) {
    super(`${what} changed`)
  }
}

/** The commit was refused because another resource has one of the identifiers of this system, or type, already. */
export class Duplicate extends FhirError {
  constructor(
    issues: Issue[],
    readonly of: { system: string; type?: never } | { type: string; system?: never }
  ) {
    super(issues)
  }
}

export interface Store extends ComputedStore {
  /** A version as it was stored; undefined when there is none, or it was never stored (foreign SQL passed over it). */
  vread(type: string, id: string, version: number): Promise<StoredDocument | undefined>
  /** Versions, newest first; those that nobody wrote through the server may have no text. */
  history(request: HistoryRequest): Promise<HistoryPage>
  /** Undefined when there was never such a resource for this tenant. */
  read(type: string, id: string): Promise<StoredDocument | undefined>
  /** Active services by what a person calls them, best first (S11). `words`: folded words of the text. */
  match(text: string, words: readonly string[], count: number): Promise<ScoredDocument[]>
  /** Answers in the order of the requests. */
  facts(requests: readonly FactRequest[]): Promise<unknown[]>
  /** Ends the holds that ran out by the database's clock; true when there were any. */
  endHolds(): Promise<boolean>
  /** All units or none. Throws VersionMoved, and FhirError `duplicate` for a unique violation. */
  commit(units: readonly UnitOfWork[]): Promise<Written[]>
}

/** Which versions: of one resource (`id`, of the one type), or of all of the types. */
export interface HistoryRequest {
  types: readonly string[]
  id?: string
  /** What resources of a type must meet, as they stand, for their versions to count. */
  within?: Readonly<Record<string, readonly Condition[]>>
  /** Instant: not older. */
  since?: string
  /** Instants: what stood at some time from `low` until before `high`. */
  at?: { low: string; high: string }
  /** 0: only how many there are. */
  count: number
  /** Position of the last one of the page before, or of the first one of the page behind. */
  after?: HistoryPosition
  /** The page before the position, in the same order. */
  backward?: boolean
}
export type HistoryPosition = [at: string, type: string, id: string, version: string]
export interface Version extends StoredDocument {
  /** The resource began with it, or was there again after its deletion. */
  created: boolean
}
export interface HistoryPage {
  versions: Version[]
  /** How many there are, where that was asked for. */
  total?: number
  /** Position for the next page, when there is one. */
  next?: HistoryPosition
  /** Position for the page before, when there is one. */
  previous?: HistoryPosition
}

/** For whom it is read. An AbortSignal says the same, but costs each read eight microseconds. */
export interface Caller {
  /** Does not wait for the answer any more. */
  readonly gone: boolean
  /** Calls `hear` when the caller goes, until what is answered is called. */
  onGone(hear: () => void): () => void
}

/** Hands out stores; the tenant is bound once. */
export interface Stores {
  /**
   * `epoch`: when the subject's token was issued, seconds since 1970; absent, any revocation of the subject counts. With
   * a `caller`, what is read ends when that one goes; what is written never does.
   */
  forTenant(tenant: string, subject: string, epoch?: number, caller?: Caller): Store
}
