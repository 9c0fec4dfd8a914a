/** Fields of the datatypes that several types carry in child tables. https://hl7.org/fhir/R4/datatypes.html */
import {
  boolean,
  code,
  concept,
  dateTime,
  dateTimeEnd,
  integer,
  reference,
  text,
  texts,
  time,
  tokens
} from './kinds.js'
import { extension, extensions, field, list, type Field, type ListSpec, type Path } from './spec.js'
import { CANONICAL } from '../fhir/types.js'

/** Period, below `path`, in columns `{column}_start` and `{column}_end`. */
export const period = (path: Path = ['period'], column = 'period'): Field[] => [
  field([...path, 'start'], dateTime, `${column}_start`),
  field([...path, 'end'], dateTimeEnd, `${column}_end`)
]

/** Identifier: type by its first coding. */
export const identifiers = (table: string, key: string): ListSpec =>
  list('identifier', table, key, [
    field('system', text, 'system'),
    field('value', text, 'value'),
    field('use', code, 'use'),
    field('type', concept, 'type'),
    ...period(),
    field('assigner.reference', reference, 'assigner')
  ])

/** ContactPoint. */
export const telecoms = (table: string, key: string, path = 'telecom'): ListSpec =>
  list(path, table, key, [
    field('system', code, 'system'),
    field('value', text, 'value'),
    field('use', code, 'use'),
    ...period()
  ])

/** Address, below `path` of an item or of the root. */
export const addressFields = (path: Path = [], column = ''): Field[] => [
  field([...path, 'use'], code, `${column}use`),
  field([...path, 'text'], text, `${column}text`),
  field([...path, 'line'], texts, `${column}line`),
  field([...path, 'city'], text, `${column}city`),
  field([...path, 'state'], text, `${column}state`),
  field([...path, 'postalCode'], text, `${column}postal_code`),
  field([...path, 'country'], text, `${column}country`)
]
export const addresses = (table: string, key: string): ListSpec => list('address', table, key, addressFields())

/** HumanName. */
export const names = (table: string, key: string): ListSpec =>
  list('name', table, key, [
    field('use', code, 'use'),
    field('text', text, 'text'),
    field('family', text, 'family'),
    field('given', texts, 'given'),
    field('prefix', texts, 'prefix'),
    field('suffix', texts, 'suffix'),
    ...period()
  ])

/** A list of references. */
export const references = (path: string | Path, table: string, key: string, value: Path = []): ListSpec =>
  list(path, table, key, [field([...value, 'reference'], reference, 'target')])

/** Weekly hours in the shape of PractitionerRole.availableTime and HealthcareService.availableTime. */
export const availableTimes = (table: string, key: string): ListSpec =>
  hours('availableTime', table, key, 'availableStartTime', 'availableEndTime')

/** Weekly hours; Location names the ends of a day otherwise. */
export const hours = (path: string, table: string, key: string, start: string, end: string): ListSpec =>
  list(path, table, key, [
    field('daysOfWeek', texts, 'days_of_week'),
    field('allDay', boolean, 'all_day'),
    field(start, time, 'start_time'),
    field(end, time, 'end_time')
  ])

/** notAvailable of a role or a service. */
export const absences = (table: string, key: string): ListSpec =>
  list('notAvailable', table, key, [field('description', text, 'description'), ...period(['during'], 'during')])

/** Our extension `closure` on a Location or a Practitioner. */
export const closures = (table: string, key: string): ListSpec =>
  list([{ extension: `${CANONICAL}/StructureDefinition/closure` }], table, key, [
    field(extension('description', 'valueString'), text, 'description'),
    ...period([...extension('period', 'valuePeriod')], 'during')
  ])

/** Our extension `schedule-hours`: hours of a Schedule in place of its role's. */
export const scheduleHours = (table: string, key: string): ListSpec =>
  list([{ extension: `${CANONICAL}/StructureDefinition/schedule-hours` }], table, key, [
    field(extensions('daysOfWeek', 'valueCode'), texts, 'days_of_week'),
    field(extension('start', 'valueTime'), time, 'start_time'),
    field(extension('end', 'valueTime'), time, 'end_time'),
    field(extension('minutes', 'valuePositiveInt'), integer, 'minutes'),
    field(extension('capacity', 'valuePositiveInt'), integer, 'capacity'),
    field(extensions('appointmentType', 'valueCodeableConcept'), tokens, 'appointment_types')
  ])
