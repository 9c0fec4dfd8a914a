/** P18: an Organization that claims the tenant profile is a tenant, made below the caller's own. */
import type { CodeableConcept, Extension, Identifier, Reference } from 'fhir/r4.js'
import { error, type Issue } from '../../fhir/errors.js'
import { CANONICAL, SYSTEM, type Resource } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'
import { TENANT_TYPE } from './tenants.js'

const PROFILE = `${CANONICAL}/StructureDefinition/tenant`
const TIER = `${CANONICAL}/StructureDefinition/subscription-tier`
/** What a tenant's row keeps. */
const KEPT = ['resourceType', 'id', 'meta', 'extension', 'identifier', 'active', 'type', 'name', 'partOf']

const isTenant = (resource?: Resource): boolean =>
  resource?.meta?.profile?.some(url => url.split('|')[0] === PROFILE) ?? false

export const createTenant: WriteRule = {
  key: 'tenant-create',
  when: ({ interaction, resource }) => interaction !== 'delete' && isTenant(resource),
  decide: ({ interaction, resource }, _facts, env) => {
    if (!env.has('create_tenants'))
      return { issues: [error('forbidden', 'Creating tenants needs the scope create_tenants', undefined, 'P18')] }
    const issues = [
      ...(interaction === 'create' ? [] : [notByUpdate()]),
      ...unkept(resource!),
      ...parentIssues(resource!)
    ]
    if (issues.length > 0) return { issues }
    const id = env.newId()
    const extension = (resource!.extension as Extension[] | undefined) ?? []
    const row = {
      tenant: id,
      parent: parentOf(resource!) ?? env.caller,
      slug: (resource!.identifier as Identifier[]).find(({ system }) => system === SYSTEM.slug)!.value,
      name: resource!.name,
      type: typeCodes(resource!)[0] ?? null,
      tier: extension.find(({ url }) => url === TIER)?.valueCode ?? null,
      live: resource!.active !== false
    }
    return {
      shownAs: `t-${id}`,
      rows: [{ table: 'create_tenant', mode: 'call', row }],
      audit: [{ key: env.newId(), action: 'TENANT_CREATED', type: 'Organization', id: `t-${id}` }]
    }
  }
}

const parentOf = ({ partOf }: Resource): string | undefined =>
  /^Organization\/t-(.+)$/.exec((partOf as Reference | undefined)?.reference ?? '')?.[1]

const parentIssues = (resource: Resource): Issue[] =>
  resource.partOf && !parentOf(resource)
    ? [error('business-rule', 'A tenant is part of a tenant: Organization/t-...', 'Organization.partOf', 'P18')]
    : []

const typeCodes = ({ type }: Resource): string[] =>
  ((type as CodeableConcept[] | undefined) ?? []).flatMap(({ coding = [] }) =>
    coding.flatMap(({ system, code }) => (system === TENANT_TYPE && code ? [code] : []))
  )

/** What cannot be kept is refused. */
function unkept(resource: Resource): Issue[] {
  const refuse = (what: string, place: string): Issue =>
    error('business-rule', `A tenant does not keep ${what}: leave it out`, place, 'P18')
  const identifiers = (resource.identifier as Identifier[] | undefined) ?? []
  const extensions = (resource.extension as Extension[] | undefined) ?? []
  return [
    ...Object.keys(resource)
      .filter(key => !KEPT.includes(key))
      .map(key => refuse(key, `Organization.${key}`)),
    ...identifiers.flatMap(({ system }, index) =>
      system === SYSTEM.slug ? [] : [refuse('other identifiers than its slug', `Organization.identifier[${index}]`)]
    ),
    ...extensions.flatMap(({ url }, index) =>
      url === TIER ? [] : [refuse('this extension', `Organization.extension[${index}]`)]
    ),
    ...(resource.type && typeCodes(resource).length !== 1
      ? [error('business-rule', `A tenant has one type, with system ${TENANT_TYPE}`, 'Organization.type', 'P18')]
      : [])
  ]
}

const notByUpdate = (): Issue =>
  error('business-rule', 'A tenant is made by POST, not by PUT: the server chooses its id', 'Organization.id', 'P18')
