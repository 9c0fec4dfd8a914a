/** PATCH by JSON Patch, alone and in Bundles. https://hl7.org/fhir/R4/http.html#patch */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  await server
    .put('Location/patched', { resourceType: 'Location', id: 'patched', name: 'One', alias: ['a'] })
    .expect(201)
})
afterAll(() => server?.close())

const replace = (path: string, value: unknown) => ({ op: 'replace', path, value })
const binary = (operations: object) => ({
  resourceType: 'Binary',
  contentType: 'application/json-patch+json',
  data: Buffer.from(JSON.stringify(operations)).toString('base64')
})
const bundle = (type: string, ...entry: object[]) => server.post('', { resourceType: 'Bundle', type, entry })
const patchEntry = (id: string, operations: object, more: object = {}) => ({
  resource: binary(operations),
  request: { method: 'PATCH', url: `Location/${id}`, ...more }
})

describe('PATCH', () => {
  test('is a new version, like an update', async () => {
    const before = await server.get('Location/patched')
    const answer = await server.patch('Location/patched', [replace('/name', 'Two')], {
      'If-Match': before.headers.etag!
    })
    const version = Number(before.body.meta.versionId) + 1
    expect([answer.status, answer.headers.etag]).toEqual([200, `W/"${version}"`])
    expect(answer.headers.location).toMatch(new RegExp(`/Location/patched/_history/${version}$`))
    expect(answer.body).toEqual({ ...before.body, name: 'Two', meta: answer.body.meta })
    expect((await server.get('Location/patched')).body).toEqual(answer.body)
  })

  test('of many at once loses none', async () => {
    const names = Array.from({ length: 12 }, (_, n) => `alias-${n}`)
    const sent = names.map(value => server.patch('Location/patched', [{ op: 'add', path: '/alias/-', value }]))
    expect((await Promise.all(sent)).map(({ status }) => status)).toEqual(names.map(() => 200))
    expect((await server.get('Location/patched')).body.alias).toEqual(expect.arrayContaining(names))
  })

  const wrong: [string, string, object, Record<string, string>, number, string][] = [
    ['a test that fails', 'patched', [{ op: 'test', path: '/name', value: 'X' }], {}, 422, 'processing'],
    ['a result that is not valid', 'patched', [replace('/name', 7)], {}, 400, 'structure'],
    ['a code that is none', 'patched', [{ op: 'add', path: '/status', value: 'closed' }], {}, 422, 'code-invalid'],
    [
      'a reference to nothing',
      'patched',
      [{ op: 'add', path: '/partOf', value: { reference: 'Location/no' } }],
      {},
      422,
      'not-found'
    ],
    ['another version', 'patched', [replace('/name', 'X')], { 'If-Match': 'W/"99"' }, 412, 'conflict'],
    ['no operations', 'patched', { resourceType: 'Location' }, {}, 415, 'not-supported'],
    ['nothing there', 'nowhere', [replace('/name', 'X')], {}, 404, 'not-found'],
    ['what only the server writes', 'npi-1234567893', [replace('/name', 'X')], {}, 422, 'business-rule'],
    ['FHIRPath Patch', 'patched', {}, { 'Content-Type': 'application/fhir+json' }, 415, 'not-supported']
  ]
  test.each(wrong)('with %s writes nothing', async (_, id, operations, headers, status, code) => {
    const before = await contents(server.sql)
    const type = id.startsWith('npi-') ? 'Organization' : 'Location'
    expect(refusal(await server.patch(`${type}/${id}`, operations, headers))).toMatchObject({ status, code })
    expect(await contents(server.sql)).toEqual(before)
  })

  test('of what was deleted is 410', async () => {
    await server.put('Location/gone', { resourceType: 'Location', id: 'gone', name: 'Gone' }).expect(201)
    await server.delete('Location/gone').expect(204)
    expect(refusal(await server.patch('Location/gone', [replace('/name', 'X')]))).toMatchObject({ status: 410 })
  })

  test('needs the right to update', async () => {
    const reader = await server.as('demo', 'system/*.rs')
    expect(refusal(await reader.patch('Location/patched', []))).toMatchObject({ status: 403 })
  })

  test('goes by the rules of the type: an account role keeps its practitioner', async () => {
    const [role] = (await server.get('PractitionerRole?_count=50')).body.entry.flatMap(
      (entry: { resource: { meta: { profile?: string[] } } }) =>
        entry.resource.meta.profile?.some(each => each.includes('user')) ? [entry.resource] : []
    )
    const answer = await server.patch(`PractitionerRole/${role.id}`, [
      replace('/practitioner/reference', 'Practitioner/dr-lee')
    ])
    expect(refusal(answer)).toMatchObject({ status: 422, expression: 'PractitionerRole.practitioner' })
  })
})

describe('a patch in a Bundle', () => {
  test.each(['batch', 'transaction'])('of type %s', async type => {
    const answer = await bundle(type, patchEntry('patched', [replace('/name', `By ${type}`)]))
    expect((answer.body as Bundle).entry?.[0]).toMatchObject({
      resource: { name: `By ${type}` },
      response: { status: '200' }
    })
  })

  test.each<[string, object, number, string]>([
    ['fails', patchEntry('patched', [replace('/nothing', 1)]), 422, 'Bundle.entry[0].resource.nothing'],
    ['is none', patchEntry('patched', {}), 400, 'Bundle.entry[0].resource.data'],
    [
      'is no Binary',
      { ...patchEntry('patched', []), resource: { resourceType: 'Location' } },
      415,
      'Bundle.entry[0].resource'
    ],
    ['is stale', patchEntry('patched', [], { ifMatch: 'W/"99"' }), 412, 'Bundle.entry[0].request.ifMatch']
  ])('that %s refuses the transaction', async (_, entry, status, expression) => {
    const made = {
      resource: { resourceType: 'Location', name: 'Beside' },
      request: { method: 'POST', url: 'Location' }
    }
    const before = await contents(server.sql)
    expect(refusal(await bundle('transaction', entry, made))).toMatchObject({ status, expression })
    expect(await contents(server.sql)).toEqual(before)
  })
})
