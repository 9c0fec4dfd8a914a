/** /openapi.json: its shape, and that each of its paths and methods answers. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { CapabilityStatement } from 'fhir/r4.js'
import { registry } from '../../src/resources/index.js'
import { testServer, type TestServer } from '../support/server.js'

interface Operation {
  responses?: object
  parameters?: object[]
  requestBody?: { content: Record<string, { schema: { properties: object } }> }
}
interface Parameter {
  name: string
  description: string
}
interface Described {
  openapi: string
  servers: { url: string }[]
  tags: { name: string; description: string }[]
  paths: Record<string, Record<string, Operation>>
}

let server: TestServer
let document: Described
beforeAll(async () => {
  server = await testServer()
  document = (await server.http.get('/openapi.json').expect(200)).body as Described
})
afterAll(() => server?.close())

const isCriterion = (name: string): boolean => !/^_(rev)?include$/.test(name)

/** The parts of the OpenAPI 3.1 schema that tools trip over. */
const SHAPE = {
  type: 'object',
  required: ['openapi', 'info', 'servers', 'paths', 'components'],
  properties: {
    openapi: { pattern: '^3\\.1\\.' },
    info: { required: ['title', 'version'] },
    paths: {
      propertyNames: { pattern: '^/' },
      additionalProperties: {
        propertyNames: { enum: ['get', 'post', 'put', 'patch', 'delete', 'parameters'] },
        patternProperties: {
          '^(get|post|put|patch|delete)$': {
            required: ['responses', 'summary'],
            properties: {
              responses: { minProperties: 1, patternProperties: { '^\\d{3}$': { required: ['description'] } } },
              parameters: { items: { anyOf: [{ required: ['$ref'] }, { required: ['name', 'in', 'schema'] }] } }
            }
          }
        }
      }
    }
  }
}

test('has the shape of OpenAPI 3.1, and each reference in it leads somewhere', () => {
  const validate = new Ajv2020({ strict: false }).compile(SHAPE)
  expect([validate(document), validate.errors]).toEqual([true, null])
  for (const [, path] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g))
    expect([
      path,
      path!.split('/').reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], document)
    ]).not.toContain(undefined)
})

test('says the same as the CapabilityStatement', async () => {
  const { rest, patchFormat } = (await server.get('metadata')).body as CapabilityStatement
  expect([patchFormat, rest![0]!.documentation]).toEqual([
    ['application/json-patch+json'],
    expect.stringContaining('/openapi.json')
  ])
  const parametersOf = (path: string): string[] =>
    (document.paths[path]!.get!.parameters as { name?: string }[]).flatMap(({ name }) => name ?? [])
  const { resource, searchParam: common } = rest![0]!
  for (const { type, searchParam } of resource!)
    expect(parametersOf(`/${type}`).filter(isCriterion)).toEqual(searchParam!.map(({ name }) => name))
  expect(['_type', ...parametersOf('/')]).toEqual(common!.map(({ name }) => name))
  expect(Object.keys(document.paths).filter(path => /^\/[A-Z]\w+$/.test(path))).toEqual(
    [...registry.keys()].map(type => `/${type}`)
  )
})

test('names includes, profiles and operations as the CapabilityStatement does', async () => {
  const { rest } = (await server.get('metadata')).body as CapabilityStatement
  for (const { type, searchInclude, searchRevInclude, supportedProfile = [], operation } of rest![0]!.resource!) {
    const inline = document.paths[`/${type}`]!.get!.parameters as {
      name?: string
      schema: { anyOf: { enum: string[] }[] }
    }[]
    const valuesOf = (of: string) => inline.find(({ name }) => name === of)?.schema.anyOf[0]!.enum
    expect(valuesOf('_include')).toEqual(searchInclude && [...searchInclude, '*'])
    expect(valuesOf('_revinclude')).toEqual(searchRevInclude && [...searchRevInclude, '*'])
    const { description } = document.tags.find(({ name }) => name === type)!
    for (const profile of supportedProfile) expect(description).toContain(profile)
    for (const { name, definition } of operation!) {
      const path = [`/${type}/$${name}`, `/${type}/{id}/$${name}`].find(each => each in document.paths)!
      expect(document.paths[path]!.post).toMatchObject({ description: definition })
    }
    const form = document.paths[`/${type}/_search`]!.post!.requestBody!.content
    expect(Object.keys(Object.values(form)[0]!.schema.properties)).toEqual(inline.flatMap(({ name }) => name ?? []))
  }
})

test('names Prefer where it is heeded', async () => {
  const { parameters } = (document as unknown as { components: { parameters: Record<string, Parameter> } }).components
  const resolved = (all: object[] = []) =>
    (all as ({ $ref?: string } & Parameter)[]).map(each => parameters[each.$ref?.split('/').pop() ?? ''] ?? each)
  const heeded: Record<string, boolean> = {}
  for (const [path, methods] of Object.entries(document.paths))
    for (const [method, { parameters: own }] of Object.entries(methods)) {
      const [prefer, ...more] = resolved(own).filter(({ name }) => name === 'Prefer')
      expect([path, method, more]).toEqual([path, method, []])
      const written = /^(put|patch|delete)$/.test(method) || (method === 'post' && /^\/[A-Z]\w+$/.test(path))
      if (written)
        expect([path, method, prefer?.description]).toEqual([path, method, expect.stringMatching(/^return=/)])
      if (method === 'get') heeded[path] = prefer !== undefined
      if (method === 'get' && prefer) expect(prefer.description).toMatch(/^handling=/)
    }
  for (const [path, named] of Object.entries(heeded)) {
    const target = path.replace('{id}', 'no-such-id').replace('{version}', '1').replace(/^\//, '')
    if (path.includes('$')) continue
    const { status } = await server.get(`${target}?_id=a&colour=red`, { Prefer: 'handling=strict' })
    expect([path, status === 400]).toEqual([path, named])
  }
})

test('each path answers each of its methods, and no other', async () => {
  for (const [path, methods] of Object.entries(document.paths)) {
    const target = path.replace('{id}', 'no-such-id').replace('{version}', '1').replace(/^\//, '')
    for (const method of ['get', 'post', 'put', 'patch', 'delete'] as const) {
      const form = path.endsWith('_search') && method === 'post'
      const type = form
        ? 'application/x-www-form-urlencoded'
        : method === 'patch'
          ? 'application/json-patch+json'
          : 'application/fhir+json'
      const sent = server.http[method](`/fhir/R4/${target}`).set('Authorization', `Bearer ${server.token}`)
      const { status } = await (method === 'get' || method === 'delete'
        ? sent
        : sent.set('Content-Type', type).send(form ? '' : method === 'patch' ? '[]' : '{}'))
      const known = method in methods
      const told = `${method} ${path} gives ${status}`
      expect([told, known ? status !== 405 && status < 500 : status === 405 || status === 404]).toEqual([told, true])
    }
  }
})
