/** The settings of a tenant: columns and `config` of its row, with defaults. */
import type { TenantSettings } from '../ports.js'
import type { Database } from './statement.js'

interface TenantRow {
  country: string | null
  time_zone: string | null
  config: {
    directory?: { name_match?: TenantSettings['nameMatch'] }
    validation?: {
      references?: TenantSettings['references']
      unknown_profile?: TenantSettings['unknownProfile']
      identifiers?: TenantSettings['identifiers']
    }
    appointments?: {
      default_duration?: number
      buffer_time_minutes?: number
      planning_horizon_days?: number
      lead_time_minutes?: number
      auto_schedule?: boolean
    }
    services?: { many_providers?: boolean }
  } | null
}

/** Undefined when there is no such tenant, or it is inactive. */
export async function tenantSettings(database: Database, id: string): Promise<TenantSettings | undefined> {
  const text = 'select country, time_zone, config from app.tenant_settings($1) where is_active'
  const [row] = await database.system<TenantRow>({ name: 'tenant-settings', text, values: [id] })
  if (!row) return undefined
  const { directory = {}, validation = {}, appointments = {}, services = {} } = row.config ?? {}
  return {
    id,
    country: row.country ?? '',
    timeZone: row.time_zone ?? 'UTC',
    nameMatch: directory.name_match ?? 'folded',
    identifiers: validation.identifiers ?? {},
    references: validation.references ?? 'resolve',
    unknownProfile: validation.unknown_profile ?? 'warning',
    appointments: {
      defaultDuration: appointments.default_duration ?? 30,
      bufferMinutes: appointments.buffer_time_minutes ?? 0,
      horizonDays: appointments.planning_horizon_days ?? 90,
      leadMinutes: appointments.lead_time_minutes ?? 0,
      autoSchedule: appointments.auto_schedule ?? true
    },
    services: { manyProviders: services.many_providers ?? false }
  }
}
