/** What an interaction is handed: who asks, for which tenant, and the parts that app.ts wired. */
import type { Issue } from '../fhir/errors.js'
import type { Registry } from '../search/registry.js'
import type { Caller, Store, SystemStore, TenantSettings } from '../store/ports.js'
import type { WriteRules } from '../store/write-rule.js'
import type { Validator } from '../validator/index.js'

export type { Caller, TenantSettings }

/** SMART v2 letters. https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html */
export type Action = 'c' | 'r' | 'u' | 'd' | 's'

export interface Context {
  subject: string
  tenant: TenantSettings
  store: Store
  /** A store bound to another tenant, for P7: only after tenantPosition said `below`. */
  forTenant(tenant: string): Store
  system: Pick<SystemStore, 'tenantPosition'>
  /** Settings of an active tenant; undefined when there is none of that id. */
  tenantSettings(id: string): Promise<TenantSettings | undefined>
  /** Whether the token allows `action` on all of `type`. */
  may(type: string, action: Action): boolean
  /** Searches of which a resource must match one for `action`; none when all is allowed, or nothing is. */
  restrictions(type: string, action: Action): readonly string[]
  /** Whether the token carries a scope that is no resource scope (`create_users`). */
  has(scope: string): boolean
  /** Tells of an entry of a batch that was refused, for the audit trail. */
  refused(error: unknown, what: Pick<FhirRequest, 'method' | 'path'>): void
  now: Date
  requestId: string
  /** Logs what nobody expected, with the request id. */
  report(error: unknown): void
  /** FHIR base without a slash at the end: `http://localhost:3000/fhir/R4`. */
  base: string
  server: Server
  registry: Registry
  rules: WriteRules
  operations: Operations
  validator: Validator
  /** argon2id of a password. */
  hash(password: string): Promise<string>
  /** Secret that seals page links; the same in all processes. */
  pageKey: string
  /** References that a search parameter may follow. */
  chainSteps: number
}

/** What is told of the server itself. */
export interface Server {
  /** Of the software. */
  version: string
  /** Since when it serves what it serves. */
  started: Date
  /** Whether browser apps of other origins are let in. */
  cors: boolean
}

/** An operation, by its name without `$`. https://hl7.org/fhir/R4/operations.html */
export interface Operation {
  name: string
  /** Canonical URL of its OperationDefinition. */
  definition: string
  on: readonly ('type' | 'instance')[]
  /** Types that have it; absent: all. */
  types?: readonly string[]
  /** Changes nothing, so that GET with plain parameters will do. https://hl7.org/fhir/R4/operations.html#request */
  reads?: true
  run(context: Context, call: OperationCall): Promise<FhirResponse>
}
/** Whether resources of the type have the operation. */
export const isOf = ({ types }: Operation, type: string): boolean => types?.includes(type) ?? true

export interface OperationCall {
  type: string
  id?: string
  request: FhirRequest
}
export type Operations = ReadonlyMap<string, Operation>

/** A request as interactions see it, from HTTP or from an entry of a Bundle. */
export interface FhirRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path below the base, no slash in front: `Practitioner/123`, `` for the base itself. */
  path: string
  /** Raw query string without `?`; for POST _search the form body joined to it. */
  query: string
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>
  /** Parsed JSON body, when there is one. */
  body?: unknown
  /** The text that `body` was parsed from: JSON.parse hides keys that stand there twice. */
  text?: string
}

/** What answers a request: dispatch, as the interactions on Bundles see it. */
export type Answer = (context: Context, request: FhirRequest) => Promise<FhirResponse>

export interface FhirResponse {
  status: number
  headers: Record<string, string>
  /** JSON text (stored documents are passed through) or a resource to be written as JSON. */
  body?: string | object
  /** What a write was told of: an entry of a Bundle has it as its outcome. */
  notes?: readonly Issue[]
}
