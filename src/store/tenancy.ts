/** What the plain JSON side asks of the store, bound to a tenant. */
import type { UserChange } from './access.js'
import type { Caller } from './ports.js'

export interface StoredConfig {
  config: Record<string, unknown>
  /** Of the tenant's row. */
  version: number
}

/** A group of practitioners, and how many are in it. `key` null: none is known. */
export interface Count {
  key: string | null
  display?: string | null
  count: number
}

export interface PractitionerCounts {
  total: number
  by_specialty: Count[]
  by_status: Count[]
  by_gender: Count[]
}

export interface AppointmentCounts {
  /** Id. */
  practitioner: string
  name: string | null
  total: number
  by_status: Record<string, number>
  /** Minutes of those that take time. */
  booked_minutes: number
}

export interface TenancyStore {
  config(): Promise<StoredConfig>
  /** Version after it; undefined when `expected` is not the version any more. `sections`: what changed, for the trail. */
  setConfig(config: Record<string, unknown>, expected: number, sections: string): Promise<number | undefined>
  /**
   * Changes the login of a user all of whose live memberships lie in the tenant or below it, with its trace and its mails;
   * `unknown`: none of them does. Throws FhirError `duplicate` when a name is taken.
   */
  changeLogin(user: string, change: UserChange): Promise<'changed' | 'unknown' | 'elsewhere'>
  /** Of those who are providers. */
  practitionerCounts(): Promise<PractitionerCounts>
  /** Of appointments that start between the instants (ISO); busiest first. */
  appointmentCounts(from: string | undefined, to: string | undefined): Promise<AppointmentCounts[]>
}

export interface TenancyStores {
  /** `caller` as of Stores. */
  forTenant(tenant: string, subject: string, epoch: number, caller?: Caller): TenancyStore
}
