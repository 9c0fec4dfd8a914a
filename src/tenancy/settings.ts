/** The settings of a tenant that the server looks at: columns and configuration of its row, with defaults. */
import { withDefaults } from '../domain/tenant-config.js'
import type { TenantRow, TenantSettings } from '../store/ports.js'

type Appointments = Record<
  'default_duration' | 'buffer_time_minutes' | 'planning_horizon_days' | 'lead_time_minutes' | 'hold_minutes',
  number
> &
  Record<'auto_schedule' | 'overlapping_schedules', boolean>

interface Validation {
  unknown_profile: TenantSettings['unknownProfile']
  identifiers: TenantSettings['identifiers']
  profiles?: TenantSettings['profiles']
}

export function settingsOf(id: string, { name, country, timeZone, config }: TenantRow): TenantSettings {
  const { appointments, directory, services, validation, features, acl, references } = withDefaults(config)
  const times = appointments as Appointments
  const checks = validation as Validation
  return {
    id,
    name,
    country: country ?? '',
    timeZone: timeZone ?? 'UTC',
    nameMatch: (directory as { name_match: TenantSettings['nameMatch'] }).name_match,
    references,
    unknownProfile: checks.unknown_profile,
    identifiers: checks.identifiers,
    profiles: checks.profiles ?? {},
    appointments: {
      defaultDuration: times.default_duration,
      bufferMinutes: times.buffer_time_minutes,
      horizonDays: times.planning_horizon_days,
      leadMinutes: times.lead_time_minutes,
      autoSchedule: times.auto_schedule,
      overlappingSchedules: times.overlapping_schedules,
      holdMinutes: times.hold_minutes
    },
    services: { manyProviders: (services as { many_providers: boolean }).many_providers },
    features,
    staffScopes: (acl as { staff_scopes?: string }).staff_scopes
  }
}
