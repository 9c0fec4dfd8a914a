import { gzipSync } from 'node:zlib'
import { beforeEach, describe, expect, test } from '@jest/globals'
import request from 'supertest'
import { FHIR, fixture, issueOf, type Fixture } from './fixture.js'

let http: Fixture
let bearer: string
beforeEach(async () => {
  http = await fixture()
  bearer = await http.bearer()
})
// Otherwise bytes of a JSON type would be sent as the JSON of a Buffer.
const asIs = (body: unknown) => body as string
const send = (method: 'post' | 'put' | 'patch', path: string, body: string | Buffer, headers: Record<string, string>) =>
  request(http.app)[method](`${FHIR}/${path}`).set('Authorization', bearer).set(headers).serialize(asIs).send(body)
const fhir = { 'Content-Type': 'application/fhir+json' }

describe('accepted', () => {
  test.each([
    'application/fhir+json',
    'application/json',
    'Application/FHIR+JSON; charset=UTF-8',
    'application/fhir+json; fhirVersion=4.0'
  ])('%s', async type => {
    await send('post', 'Slot', '{"resourceType":"Slot"}', { 'Content-Type': type }).expect(200)
    expect(http.calls[0]!.request).toMatchObject({
      method: 'POST',
      path: 'Slot',
      query: '',
      body: { resourceType: 'Slot' }
    })
  })

  test('the text is kept as it came', async () => {
    const text = '{"resourceType":"Slot", "id":"1", "id":"2"}'
    await send('put', 'Slot/1', text, fhir).expect(200)
    expect(http.calls[0]!.request.text).toBe(text)
  })

  test('gzip, UTF-8 and a byte order mark', async () => {
    const text = Buffer.from('\uFEFF{"resourceType":"Slot","comment":"corte de pelo ñ"}')
    const answer = send('post', 'Slot', gzipSync(text), { ...fhir, 'Content-Encoding': 'gzip' })
    await answer.expect(200)
    expect(http.calls[0]!.request.body).toEqual({ resourceType: 'Slot', comment: 'corte de pelo ñ' })
  })

  test('a patch is a list', async () => {
    await send('patch', 'Slot/1', '[]', { 'Content-Type': 'application/json-patch+json' }).expect(200)
    expect(http.calls[0]!.request.body).toEqual([])
  })

  test('an operation without parameters has no body', async () => {
    await send('post', 'Practitioner/1/$disable', '', {}).expect(200)
    expect(http.calls[0]!.request).toMatchObject({ path: 'Practitioner/1/$disable' })
    expect(http.calls[0]!.request.body).toBeUndefined()
  })

  test('the form of a search joins the query', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    await send('post', 'Slot/_search?status=free', 'start=ge2026-03-02&_count=5', form).expect(200)
    await send('post', 'Slot/_search', '', {}).expect(200)
    expect(http.calls.map(call => call.request.query)).toEqual(['status=free&start=ge2026-03-02&_count=5', ''])
  })
})

describe('refused before anything is dispatched', () => {
  test.each<[string, string, string | Buffer, Record<string, string>, number, string]>([
    ['XML', 'Slot', '<Slot/>', { 'Content-Type': 'application/fhir+xml' }, 415, 'not-supported'],
    [
      'another FHIR version',
      'Slot',
      '{}',
      { 'Content-Type': 'application/fhir+json; fhirVersion=3.0' },
      415,
      'not-supported'
    ],
    ['another charset', 'Slot', '{}', { 'Content-Type': 'application/json; charset=latin1' }, 415, 'not-supported'],
    [
      'a form that is no search',
      'Slot',
      'a=b',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      415,
      'not-supported'
    ],
    ['a search that is no form', 'Slot/_search', '{}', fhir, 415, 'not-supported'],
    ['an unknown encoding', 'Slot', '{}', { ...fhir, 'Content-Encoding': 'lzma' }, 415, 'not-supported'],
    ['broken gzip', 'Slot', 'no gzip', { ...fhir, 'Content-Encoding': 'gzip' }, 400, 'invalid'],
    ['over the limit', 'Slot', `{"a":"${'x'.repeat(10_000)}"}`, fhir, 413, 'too-long'],
    ['a bomb', 'Slot', gzipSync(Buffer.alloc(1_000_000, 32)), { ...fhir, 'Content-Encoding': 'gzip' }, 413, 'too-long'],
    ['nothing', 'Slot', '', {}, 400, 'required'],
    ['blanks', 'Slot', ' \n', fhir, 400, 'required'],
    ['a list', 'Slot', '[]', fhir, 400, 'structure'],
    ['null', 'Slot', 'null', fhir, 400, 'structure'],
    ['not UTF-8', 'Slot', Buffer.from([0x7b, 0xff, 0x7d]), fhir, 400, 'invalid'],
    ['nested too deep', 'Slot', '{"a":'.repeat(101) + '1' + '}'.repeat(101), fhir, 400, 'structure']
  ])('%s', async (_what, path, body, headers, status, code) => {
    const answer = await send('post', path, body, headers)
    expect([answer.status, issueOf(answer.body).code]).toEqual([status, code])
    expect(http.calls).toHaveLength(0)
  })

  test('a body without Content-Type', async () => {
    const answer = await send('put', 'Slot/1', Buffer.from('{}'), { 'Content-Type': '' })
    expect([answer.status, issueOf(answer.body).expression]).toEqual([415, ['Content-Type']])
  })

  test('broken JSON names the place, not the content', async () => {
    const answer = await send('post', 'Slot', '{\n  "password": "hunter2"\n  "id": 1\n}', fhir)
    expect(answer.status).toBe(400)
    expect(issueOf(answer.body)).toMatchObject({
      code: 'invalid',
      text: expect.stringMatching(/line 3, column 3: comma expected$/)
    })
    expect(answer.text).not.toContain('hunter2')
  })
})
