/** The FHIR side as OpenAPI 3.1, from the registry, as the CapabilityStatement is. https://spec.openapis.org/oas/v3.1.0 */
import type { Interaction, Registry, ResourceDefinition } from '../search/registry.js'
import { isOf, type FhirRequest, type Operation, type Operations, type Server } from './context.js'
import { allowedOf, methodsAt } from './route.js'
import { answers, COMPONENTS, json, ref, SHOWN } from './openapi-parts.js'
import { criteria, HANDLING, searchForm, searchParameters } from './openapi-search.js'

type Method = FhirRequest['method']
type Paths = Record<string, Record<string, object>>

/** `base`: FHIR base, absolute. */
export function openApi({
  base,
  registry,
  operations,
  server
}: {
  base: string
  registry: Registry
  operations: Operations
  server: Pick<Server, 'version'>
}): object {
  const types = [...registry.values()]
  return {
    openapi: '3.1.0',
    info: {
      title: 'Locum',
      version: server.version,
      description: `Provider directory, account provisioning and appointment availability, FHIR R4. ${base}/metadata says the same in FHIR's own form.`
    },
    servers: [{ url: base }],
    security: [{ token: [] }, { login: [] }],
    tags: types.map(({ type, documentation, profiles }) => ({
      name: type,
      description: [documentation, profiles.length > 0 && `Profiles: ${profiles.join(', ')}`]
        .filter(Boolean)
        .join('\n\n')
    })),
    paths: Object.assign(
      {},
      systemPaths(registry),
      ...types.map(definition => typePaths(registry, definition, operations))
    ) as Paths,
    components: {
      ...COMPONENTS,
      securitySchemes: {
        token: {
          type: 'oauth2',
          flows: { clientCredentials: { tokenUrl: new URL('/oauth/token', base).href, scopes: {} } }
        },
        login: {
          type: 'http',
          scheme: 'bearer',
          description: `What ${new URL('/auth/login', base).href} gives to users`
        }
      }
    }
  }
}

const systemPaths = (registry: Registry): Paths => ({
  '/': {
    get: {
      summary: 'Resources of several types that match',
      parameters: [ref('parameters', 'type'), ...searchParameters(registry, { search: [] })],
      responses: answers('Bundle', 200)
    },
    post: {
      summary: 'A batch or transaction',
      parameters: [ref('parameters', 'prefer')],
      requestBody: body('Bundle'),
      responses: answers('Bundle', 200)
    }
  },
  '/_search': {
    post: {
      summary: 'Resources of several types that match',
      ...searchForm(registry, { search: [] }),
      responses: answers('Bundle', 200)
    }
  },
  '/metadata': {
    get: {
      summary: 'The CapabilityStatement',
      security: [],
      parameters: SHOWN,
      responses: answers('Resource', 200, 304)
    }
  },
  '/_history': { get: { summary: 'Versions of all types', parameters: HISTORY, responses: answers('Bundle', 200) } }
})

/** Segments below a type, as `methodsAt` reads them, and as a template of a path. */
const LEVELS = ['', '/_search', '/_history', '/{id}', '/{id}/_history', '/{id}/_history/{version}']

function typePaths(registry: Registry, definition: ResourceDefinition, operations: Operations): Paths {
  const paths: Paths = {}
  for (const level of LEVELS) {
    const methods = methodsAt(level.split('/').slice(1))!
    const allowed = allowedOf(methods, definition.interactions).filter(method => method !== 'HEAD')
    if (allowed.length > 0)
      paths[`/${definition.type}${level}`] = {
        ...parametersOf(level),
        ...Object.fromEntries(
          allowed.map(method => [method.toLowerCase(), describe(registry, definition, methods[method]!, method, level)])
        )
      }
  }
  for (const operation of operations.values())
    if (isOf(operation, definition.type)) Object.assign(paths, operationPaths(definition.type, operation))
  return paths
}

const parametersOf = (level: string): object => {
  const names = [...level.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
  return names.length > 0 ? { parameters: names.map(name => ref('parameters', name!)) } : {}
}

function operationPaths(type: string, { name, definition, on, reads }: Operation): Paths {
  const levels = on.map(each => (each === 'type' ? '' : '/{id}'))
  return Object.fromEntries(
    levels.map(level => [
      `/${type}${level}/$${name}`,
      {
        ...parametersOf(level),
        ...Object.fromEntries(
          (reads ? ['get', 'post'] : ['post']).map(method => [
            method,
            {
              tags: [type],
              summary: `Operation $${name}`,
              description: definition,
              ...(method === 'post' && { requestBody: { content: json(ref('schemas', 'Resource')) } }),
              responses: answers('Resource', 200)
            }
          ])
        )
      }
    ])
  )
}

const SUMMARY: Record<Interaction, string> = {
  read: 'The resource as it stands',
  vread: 'A version of the resource',
  create: 'A new resource; with If-None-Exist only when nothing matches',
  update: 'The resource changed as a whole, or made',
  patch: 'The resource changed in parts, by JSON Patch',
  delete: 'The resource deleted',
  'history-instance': 'Versions of the resource',
  'history-type': 'Versions of all resources of the type',
  'search-type': 'Resources that match'
}
const HISTORY = [...['count', 'since', 'at'].map(name => ref('parameters', name)), ...SHOWN, HANDLING]

function describe(
  registry: Registry,
  { type, search }: ResourceDefinition,
  asked: Interaction,
  method: Method,
  level: string
): object {
  const conditional = level === '' && ['PUT', 'PATCH', 'DELETE'].includes(method)
  const common = {
    tags: [type],
    summary: conditional ? `${SUMMARY[asked]}: the one that the query names` : SUMMARY[asked]
  }
  const queried = conditional ? criteria(search) : []
  switch (asked) {
    case 'search-type':
      return method === 'GET'
        ? {
            ...common,
            parameters: searchParameters(registry, { type, search }),
            responses: answers('Bundle', 200)
          }
        : {
            ...common,
            ...searchForm(registry, { type, search }),
            responses: answers('Bundle', 200)
          }
    case 'history-instance':
    case 'history-type':
      return { ...common, parameters: HISTORY, responses: answers('Bundle', 200) }
    case 'read':
      return {
        ...common,
        parameters: [...SHOWN, ref('parameters', 'ifNoneMatch')],
        responses: answers('Resource', 200, 304)
      }
    case 'vread':
      return { ...common, parameters: SHOWN, responses: answers('Resource', 200) }
    case 'create':
      return {
        ...common,
        parameters: [ref('parameters', 'ifNoneExist'), RETURN],
        requestBody: body('Resource'),
        responses: answers('Resource', 200, 201)
      }
    case 'update':
      return {
        ...common,
        parameters: [...queried, ...CHANGES],
        requestBody: body('Resource'),
        responses: answers('Resource', 200, 201)
      }
    case 'patch':
      return {
        ...common,
        parameters: [...queried, ...CHANGES],
        requestBody: PATCH,
        responses: answers('Resource', 200)
      }
    case 'delete':
      return { ...common, parameters: [...queried, ...CHANGES], responses: answers('OperationOutcome', 200, 204) }
  }
}

const RETURN = ref('parameters', 'preferReturn')
const CHANGES = [ref('parameters', 'ifMatch'), RETURN]

const body = (schema: string) => ({ required: true, content: json(ref('schemas', schema)) })
const PATCH = {
  required: true,
  content: { 'application/json-patch+json': { schema: ref('schemas', 'JsonPatch') } }
}
