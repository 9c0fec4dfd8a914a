/** Pieces of FHIR that the demo's resources have in common. */
import { CANONICAL, type Resource } from '../../src/fhir/types.js'
import type { SeedResource } from './insert.js'

const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem'
export const SNOMED = 'http://snomed.info/sct'
export const PRACTITIONER_ROLE = `${TERMINOLOGY}/practitioner-role`
export const SERVICE_TYPE = `${TERMINOLOGY}/service-type`

export const WORKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri']

export const of =
  (tenant: string) =>
  (resource: Resource & { id: string }): SeedResource => ({ tenant, resource })

export const ref = (reference: string) => ({ reference })
export const concept = (system: string, code: string, display: string) => ({ coding: [{ system, code, display }] })

/** One of the extensions that this project defines; `value` is its value property, such as `{ valueCode: 'x' }`. */
export const ours = (name: string, value: object) => ({ url: `${CANONICAL}/StructureDefinition/${name}`, ...value })
export const minutes = (value: number) => ({
  valueDuration: { value, unit: 'min', system: 'http://unitsofmeasure.org', code: 'min' }
})

/** Working hours of a role or a service, 09:00 to 17:00 on working days. */
export const officeHours = [{ daysOfWeek: WORKDAYS, availableStartTime: '09:00:00', availableEndTime: '17:00:00' }]

/** Hours of one Schedule, in place of its role's. */
export const scheduleHours = (days: readonly string[], start: string, end: string) =>
  ours('schedule-hours', {
    extension: [
      ...days.map(day => ({ url: 'daysOfWeek', valueCode: day })),
      { url: 'start', valueTime: start },
      { url: 'end', valueTime: end }
    ]
  })

export const timeZone = (zone: string) => ({ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: zone })

/** The official name, as one line and in parts. */
export const officialName = (given: string, family: string, suffix?: string) => ({
  use: 'official',
  text: `${given} ${family}${suffix ? `, ${suffix}` : ''}`,
  family,
  given: [given],
  ...(suffix && { suffix: [suffix] })
})

export const email = (value: string) => ({ system: 'email', value, use: 'work' })

export const US_CORE = (name: string) => ({
  profile: [`http://hl7.org/fhir/us/core/StructureDefinition/us-core-${name}`]
})
export const USER_ACCOUNT = { profile: [`${CANONICAL}/StructureDefinition/user-account`] }
export const membershipRole = (code: 'STAFF' | 'CLINIC_ADMIN') => ({
  coding: [{ system: `${CANONICAL}/CodeSystem/membership-role`, code }]
})
