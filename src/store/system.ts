/** What is asked without a tenant: clients, tenants and their settings, keys. Each door is one SECURITY DEFINER function. */

/** An OAuth client as the token endpoint sees it. */
export interface Client {
  id: string
  tenant: string
  scopes: string
  secretHash: string | null
  jwks: unknown
  /** Where the client publishes its keys. */
  jwksUri: string | null
  disabled: boolean
  /** Tokens issued until then (seconds since 1970) are void; null: none are. */
  revoked: number | null
}

/** Settings of a tenant that layers above look at. */
export interface TenantSettings {
  id: string
  name: string
  /** ISO 3166 code, for phone numbers. */
  country: string
  /** IANA name. */
  timeZone: string
  /** How an account's name is held against the directory's (P2). */
  nameMatch: 'exact' | 'folded' | 'off'
  /** What a wrong check digit amounts to, by identifier system (P17); the others as the domain has them. */
  identifiers: Readonly<Record<string, 'error' | 'warn' | 'off'>>
  /** Whether references to served types must resolve. */
  references: 'resolve' | 'allow'
  /** Severity of an unknown claimed profile. */
  unknownProfile: 'warning' | 'error'
  /** Profiles of which resources of a type must meet one. */
  profiles: Readonly<Record<string, readonly string[]>>
  appointments: {
    defaultDuration: number
    bufferMinutes: number
    horizonDays: number
    leadMinutes: number
    autoSchedule: boolean
    /** Whether Schedules of one practitioner may overlap (S9). */
    overlappingSchedules: boolean
    /** How long a hold keeps its Slots. */
    holdMinutes: number
  }
  /** Whether a service may have several practitioners (S6). */
  services: { manyProviders: boolean }
  /** Feature flags. */
  features: Readonly<Record<string, boolean>>
  /** Scopes of STAFF, in place of the default. */
  staffScopes: string | undefined
}

/** A tenant as its row says. */
export interface TenantRow {
  name: string
  country: string | null
  timeZone: string | null
  config: Record<string, unknown> | null
}

/** The doors that need no tenant: each is one SECURITY DEFINER function of schema `app`. */
export interface SystemStore {
  client(id: string): Promise<Client | undefined>
  /** An active tenant, below active ones; undefined when there is none of that id. */
  tenant(id: string): Promise<TenantRow | undefined>
  /** Where `target` stands to `tenant`: itself, below it, or neither (unknown and foreign alike). */
  tenantPosition(tenant: string, target: string): Promise<'self' | 'below' | 'none'>
  /** Keys that sign tokens: private JWKs, newest first. */
  signingKeys(): Promise<Record<string, unknown>[]>
  addSigningKey(key: Record<string, unknown>): Promise<void>
}
