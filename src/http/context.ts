/** Builds the context of a request: who asks, for which tenant. */
import { fhirError } from '../fhir/errors.js'
import { rolePermit, type Admission, type Auth, type Permit, type Principal } from '../auth/index.js'
import type { Caller, Context, TenantSettings } from '../interactions/context.js'

export interface ContextParts {
  stores: { forTenant(tenant: string, subject: string, epoch?: number, caller?: Caller): Context['store'] }
  system: Context['system']
  server: Context['server']
  registry: Context['registry']
  rules: Context['rules']
  operations: Context['operations']
  validator: Context['validator']
  hash: Context['hash']
  /** Entries of the audit trail that no write makes. */
  trail: {
    note(
      tenant: string,
      subject: string,
      entry: { action: string; type: string; id: string; detail?: Record<string, string | number> }
    ): Promise<void>
  }
  pageKey: Context['pageKey']
  chainSteps: Context['chainSteps']
  tenantSettings: (id: string) => Promise<TenantSettings | undefined>
  clock: () => Date
}

interface Asked {
  requestId: string
  report: Context['report']
  refused: Context['refused']
  /** FHIR base. */
  base: string
  /** With whom what is read ends. */
  caller?: Caller | undefined
}

/** Throws FhirError 400 or 403 when the tenant that header X-Tenant names cannot be had. */
export async function tenantContext(
  parts: ContextParts,
  auth: Pick<Auth, 'admit'>,
  principal: Principal,
  { xTenant, ...asked }: Asked & { xTenant: string | undefined }
): Promise<Context> {
  const admitted = await auth.admit(principal, xTenant)
  const tenant = await parts.tenantSettings(admitted.tenant)
  if (!tenant) throw fhirError('forbidden', 'The tenant is not active')
  return Object.assign(build(parts, principal, tenant, asked), permitIn(tenant, admitted))
}

/** What the caller may do in the tenant. */
export const permitIn = ({ staffScopes }: TenantSettings, { role, permit }: Admission): Permit =>
  role ? rolePermit(role, staffScopes) : permit

/** The context of somebody unknown: bound to no tenant, so that a store sees nothing. */
export function publicContext(parts: ContextParts, asked: Asked): Context {
  return {
    ...build(parts, { subject: '' }, NO_TENANT, asked),
    may: () => false,
    restrictions: () => [],
    has: () => false
  }
}

function build(
  parts: ContextParts,
  { subject, epoch }: Partial<Principal> & { subject: string },
  tenant: TenantSettings,
  { caller, ...asked }: Asked
): Omit<Context, keyof Permit> {
  const { stores, system, server, tenantSettings, registry, rules, operations, validator, hash, clock } = parts
  const { pageKey, chainSteps } = parts
  return {
    subject,
    tenant,
    store: stores.forTenant(tenant.id, subject, epoch, caller),
    forTenant: other => stores.forTenant(other, subject, epoch, caller),
    system,
    server,
    tenantSettings,
    now: clock(),
    registry,
    rules,
    operations,
    validator,
    hash,
    pageKey,
    chainSteps,
    ...asked
  }
}

const NO_TENANT: TenantSettings = {
  id: '',
  name: '',
  country: '',
  timeZone: 'UTC',
  nameMatch: 'exact',
  identifiers: {},
  references: 'resolve',
  unknownProfile: 'error',
  profiles: {},
  features: {},
  staffScopes: undefined,
  appointments: {
    defaultDuration: 0,
    bufferMinutes: 0,
    horizonDays: 0,
    leadMinutes: 0,
    autoSchedule: false,
    overlappingSchedules: false,
    holdMinutes: 10
  },
  services: { manyProviders: false }
}
