/** The CapabilityStatement, from the registry: nothing stands in it that does not work. https://hl7.org/fhir/R4/http.html#capabilities */
import { createHash } from 'node:crypto'
import type { CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4.js'
import { rolesTable } from '../domain/permissions.js'
import { COMMON_PARAMS, type ParamType, type SearchParam } from '../search/definition.js'
import { includesOf } from '../search/includes.js'
import type { ResourceDefinition, Registry } from '../search/registry.js'
import { isOf, type Context, type FhirRequest, type FhirResponse } from './context.js'
import { subsetFor } from './subset.js'

/** The statement is the same for as long as the server runs: its ETag is made of what it says. */
export function capabilities(context: Context, request: FhirRequest): FhirResponse {
  const body = JSON.stringify(statement(context))
  const tag = createHash('sha256').update(body).digest('base64url').slice(0, 16)
  const headers = { ETag: `W/"${tag}"`, 'Last-Modified': context.server.started.toUTCString() }
  return subsetFor(context, request, 'capabilities')({ status: 200, headers, body })
}

function statement({ base, registry, operations, server }: Context): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: server.started.toISOString(),
    kind: 'instance',
    software: { name: 'Locum', version: server.version },
    implementation: { description: 'Provider directory, account provisioning and appointment availability', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json', 'json'],
    patchFormat: ['application/json-patch+json'],
    rest: [
      {
        mode: 'server',
        documentation: `The same as OpenAPI: ${new URL('/openapi.json', base).href}`,
        security: {
          cors: server.cors,
          description: `Bearer tokens of \`/oauth/token\` (clients) and \`/auth/login\` (users, by role):\n\n${rolesTable()}`,
          service: [
            {
              coding: [
                { system: 'http://terminology.hl7.org/CodeSystem/restful-security-service', code: 'SMART-on-FHIR' }
              ]
            }
          ]
        },
        interaction: [
          { code: 'transaction' },
          { code: 'batch' },
          { code: 'search-system' },
          { code: 'history-system' }
        ],
        searchParam: [TYPE, ...COMMON_PARAMS].map(stated),
        resource: [...registry.values()].map(definition => ({
          ...resource(registry, definition),
          operation: [...operations.values()]
            .filter(operation => isOf(operation, definition.type))
            .map(({ name, definition }) => ({ name, definition }))
        }))
      }
    ]
  }
}

function resource(
  registry: Registry,
  { type, interactions, profiles, search, documentation }: ResourceDefinition
): CapabilityStatementRestResource {
  const { forward, backward } = includesOf(registry, type)
  return {
    type: type as CapabilityStatementRestResource['type'],
    ...listed('supportedProfile', profiles),
    ...(documentation && { documentation }),
    interaction: interactions.map(code => ({ code })),
    versioning: 'versioned',
    readHistory: interactions.includes('vread'),
    updateCreate: interactions.includes('update'),
    conditionalCreate: interactions.includes('create'),
    conditionalRead: 'full-support',
    conditionalUpdate: interactions.includes('update'),
    conditionalDelete: interactions.includes('delete') ? 'single' : 'not-supported',
    referencePolicy: ['literal', 'local', 'enforced'],
    ...listed('searchInclude', forward),
    ...listed('searchRevInclude', backward),
    searchParam: [...COMMON_PARAMS, ...search].map(stated)
  }
}

/** An array is left out rather than empty. https://hl7.org/fhir/R4/json.html */
const listed = <K extends string>(name: K, values: readonly string[]) =>
  (values.length > 0 ? { [name]: [...values] } : {}) as Partial<Record<K, string[]>>

/** Of a search over several types. https://hl7.org/fhir/R4/search.html#system */
const TYPE: SearchParam = { name: '_type', type: 'token', expression: 'Resource.type()' }

const stated = ({ name, type, definition }: SearchParam) => ({
  name,
  type: type satisfies ParamType,
  ...(definition && { definition })
})
