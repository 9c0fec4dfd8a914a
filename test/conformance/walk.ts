/** What a type's definition promises, tried on a running server: interactions, search parameters, includes. */
import { describe, expect, test } from '@jest/globals'
import type { Bundle, CapabilityStatement, CapabilityStatementRestResource } from 'fhir/r4.js'
import { eachReference, parseReference } from '../../src/fhir/reference.js'
import type { Resource } from '../../src/fhir/types.js'
import { COMMON_PARAMS } from '../../src/search/definition.js'
import { placesOf, type Interaction, type Registry, type ResourceDefinition } from '../../src/search/registry.js'
import { refusal } from '../support/outcome.js'
import type { TestServer } from '../support/server.js'
import { FULL, full } from './full.js'
import { searchValues } from './values.js'

const STRICT = { Prefer: 'handling=strict' }
type Found = Resource & { id: string }

/** Tests of `definition`; `sample` may be created on the demo tenant, and `change` is another version of it. */
export function walk(
  server: () => TestServer,
  registry: Registry,
  definition: ResourceDefinition,
  sample: Resource,
  change: object
): void {
  const { type, search } = definition
  const references = search.filter(param => param.type === 'reference')
  const stated = async (): Promise<CapabilityStatementRestResource> => {
    const { body } = await server().get('metadata')
    return (body as CapabilityStatement).rest![0]!.resource!.find(each => each.type === type)!
  }
  const bundle = async (query: string): Promise<Bundle<Found>> => {
    const answer = await server().get(`${type}?${query}`, STRICT)
    if (answer.status !== 200) throw new Error(`${type}?${query} gives ${answer.status}: ${answer.text}`)
    return answer.body as Bundle<Found>
  }
  const matches = async (query: string): Promise<Found[]> =>
    (await bundle(query)).entry?.flatMap(({ resource, search }) => (search?.mode === 'match' ? [resource!] : [])) ?? []

  const may = (interaction: Interaction): boolean => definition.interactions.includes(interaction)

  describe(type, () => {
    test('the CapabilityStatement says what the definition says', async () => {
      const { interaction, searchParam, searchInclude = [], searchRevInclude = [], ...told } = await stated()
      expect(told).toMatchObject({
        conditionalCreate: may('create'),
        conditionalRead: 'full-support',
        conditionalUpdate: may('update'),
        conditionalDelete: may('delete') ? 'single' : 'not-supported',
        updateCreate: may('update'),
        readHistory: may('vread')
      })
      expect(interaction?.map(({ code }) => code)).toEqual(definition.interactions)
      expect(searchParam?.map(({ name }) => name)).toEqual([...COMMON_PARAMS, ...search].map(({ name }) => name))
      expect(searchInclude).toEqual(references.map(({ name }) => `${type}:${name}`))
      expect(searchRevInclude).toEqual(pointing(registry, type))
    })

    const ALLOWED: Record<string, [string, Interaction, string][]> = {
      type: [
        ['get', 'search-type', type],
        ['post', 'create', type],
        ['put', 'update', type],
        ['patch', 'patch', type],
        ['delete', 'delete', type]
      ],
      instance: [
        ['get', 'read', `${type}/x`],
        ['put', 'update', `${type}/x`],
        ['patch', 'patch', `${type}/x`],
        ['delete', 'delete', `${type}/x`]
      ]
    }

    test.each(Object.keys(ALLOWED))('methods on the %s that are not declared are 405, with Allow', async level => {
      const { http } = server()
      const declared = ALLOWED[level]!.filter(([, interaction]) => may(interaction)).map(([method]) => method)
      for (const method of ['get', 'put', 'post', 'delete', 'patch'].filter(each => !declared.includes(each))) {
        const path = ALLOWED[level]![0]![2]
        const token = server().token
        const sent = http[method as 'put'](`/fhir/R4/${path}`).set('Authorization', `Bearer ${token}`)
        const answer = await sent
          .set('Content-Type', `application/${method === 'patch' ? 'json-patch' : 'fhir'}+json`)
          .send(method === 'get' ? '' : '{}')
        expect(refusal(answer)).toMatchObject({ status: 405, code: 'not-supported' })
        const allow = declared.flatMap(each => (each === 'get' ? ['GET', 'HEAD'] : [each.toUpperCase()]))
        expect(answer.headers.allow?.split(', ')).toEqual([...allow, 'OPTIONS'])
      }
    })

    test('one is created, read, found, changed and deleted', async () => {
      const created = await server().post(type, sample)
      expect([created.status, created.headers.etag]).toEqual([201, 'W/"1"'])
      const { id } = created.body as Found
      expect(created.body).toMatchObject({ resourceType: type, meta: { versionId: '1' } })
      expect((await server().get(`${type}/${id}`)).body).toEqual(created.body)
      expect(await matches(`_id=${id}`)).toEqual([created.body])

      const updated = await server().put(
        `${type}/${id}`,
        { ...(created.body as Found), ...change },
        { 'If-Match': 'W/"1"' }
      )
      expect([updated.status, updated.headers.etag]).toEqual([200, 'W/"2"'])
      expect(updated.body).toMatchObject({ id, ...change, meta: { versionId: '2' } })
      const read = await server().get(`${type}/${id}`)
      expect([read.body, read.headers.etag]).toEqual([updated.body, 'W/"2"'])
      const stale = await server().put(`${type}/${id}`, updated.body as Found, { 'If-Match': 'W/"1"' })
      expect(refusal(stale)).toMatchObject({ status: 412, expression: 'If-Match' })

      if (!may('delete')) return
      expect((await server().delete(`${type}/${id}`)).status).toBe(204)
      expect(refusal(await server().get(`${type}/${id}`))).toMatchObject({ status: 410, code: 'deleted' })
      expect(await matches(`_id=${id}`)).toEqual([])
      expect((await server().delete(`${type}/${id}`)).status).toBe(204)
    })

    test('one is changed by PATCH, and only its element', async () => {
      const { body: made } = await server().post(type, sample)
      const operations = Object.entries(change).map(([name, value]) => ({ op: 'add', path: `/${name}`, value }))
      const answer = await server().patch(`${type}/${(made as Found).id}`, operations, { 'If-Match': 'W/"1"' })
      expect([answer.status, answer.headers.etag]).toEqual([200, 'W/"2"'])
      expect(answer.body).toEqual({ ...made, ...change, meta: answer.body.meta })
    })

    test('one is created, changed and deleted by what it is identified by', async () => {
      const known = { ...sample, identifier: [{ system: 'urn:example:walk', value: type }] }
      const criteria = 'identifier=urn:example:walk|' + type
      const created = await server().post(type, known, { 'If-None-Exist': criteria })
      const again = await server().post(type, known, { 'If-None-Exist': criteria })
      expect([created.status, again.status, again.body]).toEqual([201, 200, created.body])
      const updated = await server().put(`${type}?${criteria}`, { ...known, ...change })
      expect([updated.status, updated.headers.etag]).toEqual([200, 'W/"2"'])
      const known304 = await server().get(`${type}/${(created.body as Found).id}`, { 'If-None-Match': 'W/"2"' })
      expect(known304.status).toBe(304)
      if (!may('delete')) return
      expect((await server().delete(`${type}?${criteria}`)).status).toBe(204)
      const { id } = created.body as Found
      for (const path of [`${type}/${id}`, type, '']) {
        const { body } = await server().get(`${path ? `${path}/` : ''}_history?_count=3`, STRICT)
        const versions = (body as Bundle<Found>).entry!.map(({ request, resource }) => [
          request?.method,
          resource?.meta?.versionId
        ])
        expect(versions).toEqual([
          ['DELETE', undefined],
          ['PUT', '2'],
          ['POST', '1']
        ])
      }
      expect(await matches(criteria)).toEqual([])
    })

    test('one is created by PUT under an id of the client’s own', async () => {
      const id = 'made-by-the-client'
      const created = await server().put(`${type}/${id}`, { ...sample, id })
      expect([created.status, created.headers.location]).toEqual([
        201,
        expect.stringContaining(`${type}/${id}/_history/1`)
      ])
    })

    test('one is written in a transaction', async () => {
      const entry = [{ fullUrl: 'urn:uuid:1', resource: sample, request: { method: 'POST', url: type } }]
      const answer = await server().post('', { resourceType: 'Bundle', type: 'transaction', entry })
      expect([answer.status, (answer.body as Bundle).entry?.[0]?.response?.status]).toEqual([200, '201'])
    })

    test('a search may be sent as a form', async () => {
      const { token } = server()
      const sent = server().http.post(`/fhir/R4/${type}/_search`).set('Authorization', `Bearer ${token}`).type('form')
      const answer = await sent.send('_count=1')
      expect([answer.status, (answer.body as Bundle).entry?.length]).toEqual([200, 1])
    })

    test.each([...search, ...COMMON_PARAMS.filter(({ name }) => name !== '_lastUpdated')])(
      'parameter $name finds each resource by what its element holds',
      async param => {
        const whole = (await server().get(`${type}/${FULL}`)).body as Found
        if (!INDIRECT.includes(`${type}:${param.name}`)) expect(searchValues(whole, param)).not.toEqual([])
        for (const resource of [whole, ...(await matches('_count=20'))])
          for (const value of searchValues(resource, param).slice(0, 3)) {
            const found = await matches(`${param.name}=${encodeURIComponent(value)}&_count=1000`)
            const ids = found.map(({ id }) => id)
            if (!ids.includes(resource.id))
              throw new Error(`${param.name}=${value} does not find ${resource.id}: ${ids.join()}`)
          }
      }
    )

    test.each(search)('parameter $name is told in the self link', async ({ name, type: kind }) => {
      const value = { date: '2026-01-01', reference: 'x', special: '1|2' }[kind as string] ?? 'true'
      const { link } = await bundle(`${name}=${value}&_count=1`)
      expect(link?.[0]).toMatchObject({ relation: 'self', url: expect.stringContaining(`${name}=`) })
    })

    test('_lastUpdated finds all up to now, and none later', async () => {
      const tomorrow = new Date(Date.now() + 86_400_000).toISOString()
      const stored = (await matches('_count=200')).filter(({ meta }) => meta?.lastUpdated)
      const found = await matches(`_lastUpdated=lt${tomorrow}&_count=1000`)
      expect(found.map(({ id }) => id)).toEqual(expect.arrayContaining(stored.map(({ id }) => id)))
      expect((await matches(`_lastUpdated=gt${tomorrow}`)).filter(({ meta }) => meta?.lastUpdated)).toEqual([])
    })

    const FORWARD = references.map(({ name }) => name)
    if (FORWARD.length > 0)
      test.each(FORWARD)('_include of %s brings each target once, and nothing else', async name => {
        const param = references.find(each => each.name === name)!
        const { entry = [] } = await bundle(`_include=${type}:${name}&_count=200`)
        const found = entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => resource!)
        const included = entry
          .filter(({ search }) => search?.mode === 'include')
          .map(({ resource }) => nameOf(resource!))
        const named = new Set(found.flatMap(resource => searchValues(resource, param)))
        const targets = [...named].filter(target => registry.has(parseReference(target)?.type ?? ''))
        const alive: string[] = []
        for (const target of targets) if ((await server().get(target)).status === 200) alive.push(target)
        const own = new Set(found.map(nameOf))
        const expected = alive.filter(target => !own.has(target))
        expect(new Set(included).size).toBe(included.length)
        if (INDIRECT.includes(`${type}:${name}`)) expect(included).toEqual(expect.arrayContaining(expected))
        else expect(included.sort()).toEqual(expected.sort())
      })

    const BACKWARD = pointing(registry, type)
    if (BACKWARD.length > 0)
      test.each(BACKWARD)('_revinclude of %s brings what refers to a match', async value => {
        const [source, name] = value.split(':') as [string, string]
        const param = registry.get(source)!.search.find(each => each.name === name)!
        const referring = full.find(({ resourceType }) => resourceType === source) ?? sample
        const target = searchValues(referring, param).find(each => each.startsWith(`${type}/`))
        const { entry = [] } = await bundle(`${target ? `_id=${target.split('/')[1]}&` : ''}_revinclude=${value}`)
        const own = entry.filter(({ search }) => search?.mode === 'match').map(({ resource }) => nameOf(resource!))
        const included = entry.filter(({ search }) => search?.mode === 'include').map(({ resource }) => resource!)
        expect(included.length).toBeGreaterThan(0)
        if (target) expect(included.map(nameOf)).toContain(`${source}/${FULL}`)
        for (const resource of included) {
          expect(resource.resourceType).toBe(source)
          if (!INDIRECT.includes(value)) expect(referencesIn(resource).some(each => own.includes(each))).toBe(true)
        }
      })
  })
}

const nameOf = ({ resourceType, id }: Found): string => `${resourceType}/${id}`

function referencesIn(resource: Found): string[] {
  const list: string[] = []
  eachReference(resource, '', ({ reference }) => list.push(reference))
  return list
}

const pointing = (registry: Registry, type: string): string[] =>
  [...registry.values()].flatMap(other =>
    other.search
      .filter(({ name, targets }) => targets?.includes(type) && placesOf(other, name).length > 0)
      .map(param => `${other.type}:${param.name}`)
  )

/** Parameters that lead further than their element: to the practitioners of the roles. */
const INDIRECT: readonly string[] = ['HealthcareService:provider']
