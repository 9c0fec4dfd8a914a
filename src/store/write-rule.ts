/** Write rules: what a resource type asks before a write and does with it. Data in, data out; see resources/<type>/rules.ts. */
import type { Issue } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { ComputedEnv } from '../search/computed.js'
import type { AuditEntry, Claim, FactRequest, OutboxEntry, ResourceWrite, RowWrite, TenantSettings } from './ports.js'

/** A write as a rule sees it. */
export interface RuleWrite {
  interaction: 'create' | 'update' | 'delete'
  type: string
  id: string
  /** What shall stand after it; absent for delete. */
  resource?: Resource
  /** What stands now, for update and delete. */
  current?: Resource
  /** The operation that asks for it, by its name without `$`; absent for what clients write themselves. */
  means?: string
  /** Where it lies in a Bundle: `Bundle.entry[2].resource`. */
  at?: string
}

export interface RuleEnv {
  now: Date
  /** The tenant that is written to. */
  tenant: TenantSettings
  /** The tenant of the caller: the one that is written to, or above it. */
  caller: string
  /** All that is written in the same transaction, for whichever tenant. */
  writes: readonly RuleWrite[]
  /** Whether the token carries a plain scope. */
  has(scope: string): boolean
  /** A new id: UUIDv7. */
  newId(): string
  /** argon2id of a password. */
  hash(password: string): Promise<string>
}

/** What a rule adds to the write. An error among the issues refuses it. */
export interface Decision {
  issues?: Issue[]
  /** Replaces the resource that is written. */
  resource?: Resource
  /** The rows of the decision are all that is written; what they show has this id (a tenant's `t-...`). */
  shownAs?: string
  /** Columns of the root that no element holds. */
  columns?: Record<string, unknown>
  writes?: ResourceWrite[]
  rows?: RowWrite[]
  audit?: AuditEntry[]
  outbox?: OutboxEntry[]
  claims?: Claim[]
  /**
   * What is decided holds as long as what the rule looked up: one at a time who names the same resource (a reference), and
   * is decided again when something was answered otherwise by then.
   */
  premise?: string
  /** Looks at what was committed, and tells what the client should know; it cannot refuse any more. */
  review?: (env: ComputedEnv) => Promise<Issue[]>
}

export interface WriteRule {
  key: string
  /** The operation whose writes the rule is for; absent: those of clients. */
  means?: string
  /** Whether the rule concerns the write. */
  when(write: RuleWrite): boolean
  /** Puts the resource into the form that is validated, and says what it changed. */
  prepare?(write: RuleWrite): { resource: Resource; issues: Issue[] }
  /** Tenant that the resource names as its own (id without `t-`); undefined: the caller's. */
  target?(write: RuleWrite): string | undefined
  /** What must be looked up, in the order in which `decide` gets the answers. */
  facts?(write: RuleWrite, env: RuleEnv): FactRequest[]
  decide?(write: RuleWrite, facts: unknown[], env: RuleEnv): Decision | Promise<Decision>
}

/** Rules by resource type. */
export type WriteRules = ReadonlyMap<string, readonly WriteRule[]>
