/** The configuration of a tenant by section: JSON Schemas with defaults, the one place that says what may be set. */

/** As much of JSON Schema as the sections use. */
export interface Schema {
  type: 'object' | 'string' | 'integer' | 'boolean' | 'array'
  description?: string
  default?: unknown
  enum?: readonly string[]
  minimum?: number
  maximum?: number
  maxLength?: number
  maxItems?: number
  maxProperties?: number
  pattern?: string
  properties?: Readonly<Record<string, Schema>>
  additionalProperties?: boolean | Schema
  items?: Schema
}

const closed = (description: string, properties: Record<string, Schema>): Schema => ({
  type: 'object',
  description,
  properties,
  additionalProperties: false
})
/** Kept for applications; the server looks at none of it. */
const open = (description: string, properties: Record<string, Schema>): Schema => ({
  ...closed(description, properties),
  additionalProperties: true,
  maxProperties: 100
})
const whole = (description: string, fallback: number, minimum: number, maximum: number): Schema => ({
  type: 'integer',
  description,
  default: fallback,
  minimum,
  maximum
})
const flag = (description: string, fallback: boolean): Schema => ({ type: 'boolean', description, default: fallback })
const one = (description: string, fallback: string, ...others: string[]): Schema => ({
  type: 'string',
  description,
  default: fallback,
  enum: [fallback, ...others]
})
const text = (description: string, pattern?: string): Schema => ({
  type: 'string',
  description,
  maxLength: 500,
  ...(pattern && { pattern })
})

const URL = '^https://[^\\s]+$'
const COLOR = '^#[0-9A-Fa-f]{6}$'
const SCOPE = 'user/(\\*|[A-Z][A-Za-z]+)\\.c?r?u?d?s?'
const DAY = 1440

export const SECTIONS = {
  branding: open('How applications show the tenant', {
    logo_url: text('Logo', URL),
    app_icon_url: text('Icon of the app', URL),
    primary_color: text('Such as #0050AA', COLOR),
    secondary_color: text('Such as #FFB000', COLOR)
  }),
  features: {
    type: 'object',
    description: 'Feature flags, as GET /me shows them',
    maxProperties: 200,
    additionalProperties: { type: 'boolean' }
  },
  acl: closed('Access control', {
    staff_scopes: text('What STAFF may, in place of the default: SMART scopes of users', `^(${SCOPE}( ${SCOPE})*)?$`)
  }),
  appointments: closed('Openings and bookings', {
    default_duration: whole('Minutes of an opening where nothing else is said', 30, 1, DAY),
    buffer_time_minutes: whole('Minutes kept free after an appointment', 0, 0, DAY),
    planning_horizon_days: whole('How far ahead openings are offered', 90, 1, 730),
    lead_time_minutes: whole('How long before its start an opening is no longer offered', 0, 0, 60 * DAY),
    hold_minutes: whole('Minutes for which a hold keeps its Slots', 10, 1, DAY),
    auto_schedule: flag('A role with hours and one Location gets a Schedule', true),
    overlapping_schedules: flag(
      'A practitioner may be offered in two places at once; whoever books first decides',
      false
    )
  }),
  encounters: open('Defaults of encounters', { default_documentation_type: text('Such as SOAP') }),
  notifications: open('Default preferences', {
    email: flag('Notifications by e-mail', true),
    sms: flag('Notifications by text message', false)
  }),
  services: closed('Services and their providers', {
    many_providers: flag('A service may have several practitioners', false)
  }),
  directory: closed('The national provider directory', {
    name_match: one("How an account's name is held against the directory's", 'folded', 'exact', 'off')
  }),
  validation: closed('What is held against resources', {
    unknown_profile: one('Severity of an unknown claimed profile', 'warning', 'error'),
    identifiers: {
      type: 'object',
      description: 'Check digits by identifier system',
      maxProperties: 50,
      additionalProperties: { type: 'string', enum: ['error', 'warn', 'off'] }
    },
    profiles: {
      type: 'object',
      description: 'Profiles by resource type: what is written must meet one of them',
      maxProperties: 50,
      additionalProperties: { type: 'array', maxItems: 20, items: { type: 'string', maxLength: 500 } }
    }
  }),
  references: one('References that lead nowhere', 'resolve', 'allow')
} satisfies Record<string, Schema>

export type Section = keyof typeof SECTIONS
export type TenantConfig = Record<string, unknown>

export const isSection = (name: string): name is Section => Object.hasOwn(SECTIONS, name)

/** The whole configuration, defaults where nothing fitting is set. Sections that nobody knows are left out. */
export function withDefaults(config: TenantConfig | null): Record<Section, never> {
  const filled = Object.entries<Schema>(SECTIONS).map(([name, schema]) => [name, fill(schema, config?.[name])])
  return Object.fromEntries(filled) as Record<Section, never>
}

/** Foreign SQL may have put anything there: a value of another type is as none. */
function fill(schema: Schema, value: unknown): unknown {
  if (schema.type !== 'object') return fits(schema, value) ? value : schema.default
  const given = isObject(value) ? value : {}
  const known = Object.entries(schema.properties ?? {}).flatMap(([name, each]) => {
    const filled = fill(each, given[name])
    return filled === undefined ? [] : [[name, filled]]
  })
  return { ...(schema.additionalProperties === false ? {} : given), ...Object.fromEntries(known) }
}

function fits({ type, enum: codes }: Schema, value: unknown): boolean {
  if (type === 'array') return Array.isArray(value)
  if (type === 'integer') return Number.isInteger(value)
  return typeof value === type && (!codes || codes.includes(value as string))
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
