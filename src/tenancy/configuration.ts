/** The configuration of a tenant, whole or by section: checked against its schemas, merged (RFC 7396), written once. */
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { isSection, SECTIONS, withDefaults, type Section, type TenantConfig } from '../domain/tenant-config.js'
import { error, FhirError, fhirError, type Issue } from '../fhir/errors.js'
import type { StoredConfig, TenancyStore } from '../store/tenancy.js'

const ATTEMPTS = 20

const ajv = new Ajv({ allErrors: true, verbose: true })
const checks = new Map<string, ValidateFunction>(
  Object.entries(SECTIONS).map(([name, schema]) => [name, ajv.compile(schema)])
)

export interface ShownConfig {
  /** With defaults. */
  body: unknown
  version: number
}

export interface Change {
  /** Absent: the whole configuration. */
  section?: string
  value: unknown
  /** PATCH: what is not named stays, null goes back to the default. */
  merge: boolean
  /** Version of If-Match. */
  ifMatch?: number
}

/** Throws FhirError 404 for a section that there is not. */
export async function showConfig(store: TenancyStore, section?: string): Promise<ShownConfig> {
  return shown(await store.config(), section === undefined ? undefined : known(section))
}

/** Throws FhirError 404, 412, and 422 with the place of all that is wrong. */
export async function changeConfig(store: TenancyStore, change: Change): Promise<ShownConfig> {
  const section = change.section === undefined ? undefined : known(change.section)
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = await store.config()
    if (change.ifMatch !== undefined && change.ifMatch !== before.version)
      throw fhirError('conflict', `The tenant is at version ${before.version}, not ${change.ifMatch}: read it again`, {
        status: 412,
        expression: 'If-Match'
      })
    const config = changed(before.config, section, change)
    refuseWrong(config)
    const version = await store.setConfig(config, before.version, changedSections(before.config, config))
    if (version !== undefined) return shown({ config, version }, section)
  }
  throw fhirError('conflict', 'The configuration is being changed by others: try again')
}

function changed(before: TenantConfig, section: Section | undefined, { value, merge }: Change): TenantConfig {
  const whole = section === undefined ? value : { [section]: value }
  if (!isObject(whole)) throw fhirError('structure', 'The configuration must be an object of sections')
  if (merge) return mergePatch(before, whole) as TenantConfig
  return section === undefined ? whole : { ...before, ...whole }
}

/** https://www.rfc-editor.org/rfc/rfc7396#section-2 */
function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch
  const merged: Record<string, unknown> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name]
    else merged[name] = mergePatch(Object.hasOwn(merged, name) ? merged[name] : undefined, value)
  }
  return merged
}

function refuseWrong(config: TenantConfig): void {
  const issues = Object.entries(config).flatMap(([name, value]): Issue[] => {
    const check = checks.get(name)
    if (!check) return [error('value', `There is no section ${name.slice(0, 60)}: ${sections}`, name.slice(0, 60))]
    return check(value) ? [] : (check.errors ?? []).map(each => told(name, each))
  })
  if (issues.length > 0) throw new FhirError(issues.slice(0, 50), { status: 422 })
}

const sections = `the sections are ${Object.keys(SECTIONS).join(', ')}`

/** An error of the schema in words, with its place: `appointments.default_duration`. */
function told(section: string, { instancePath, keyword, params, message, parentSchema }: ErrorObject): Issue {
  const place = [section, ...instancePath.split('/').slice(1).map(unescape)].join('.')
  const { additionalProperty, allowedValues } = params as { additionalProperty?: string; allowedValues?: string[] }
  if (keyword === 'additionalProperties') {
    const names = Object.keys((parentSchema as { properties?: object }).properties ?? {}).join(', ')
    return error(
      'value',
      `Nothing is called ${additionalProperty!.slice(0, 60)} here, only ${names}`,
      `${place}.${additionalProperty!.slice(0, 60)}`
    )
  }
  const text = allowedValues ? `must be one of ${allowedValues.join(', ')}` : (message ?? 'is not allowed')
  return error('value', `${place} ${text}`, place)
}

const unescape = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~')

const changedSections = (before: TenantConfig, after: TenantConfig): string =>
  [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(name => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
    .join(', ')

function shown({ config, version }: StoredConfig, section: Section | undefined): ShownConfig {
  const whole = withDefaults(config)
  return { body: section === undefined ? whole : whole[section], version }
}

function known(section: string): Section {
  if (isSection(section)) return section
  throw fhirError('not-found', `There is no section ${section.slice(0, 60)}: ${sections}`)
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
