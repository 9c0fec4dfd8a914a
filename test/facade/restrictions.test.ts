/** Scopes with search parameters: what does not match is as if it were not there. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { BASE, testServer, type TestServer } from '../support/server.js'

let server: TestServer
let active: TestServer
let narrow: TestServer
const ROLES = 'system/PractitionerRole.rs?active=true'
const SERVICE = { resourceType: 'HealthcareService', name: 'Massage' }

beforeAll(async () => {
  server = await testServer()
  await server.put('HealthcareService/open', { ...SERVICE, id: 'open', active: true }).expect(201)
  await server.put('HealthcareService/shut', { ...SERVICE, id: 'shut', active: false }).expect(201)
  active = await server.as('demo', 'system/HealthcareService.ruds?active=true system/Location.rs')
  narrow = await server.as('demo', 'system/HealthcareService.rs?active=true&name=Massage')
})
afterAll(() => server?.close())

type Body = { entry?: { resource: { resourceType: string; id: string } }[] }
const idsOf = ({ entry = [] }: Body, type = 'HealthcareService') =>
  entry.flatMap(({ resource }) => (resource.resourceType === type ? resource.id : []))

test('a search finds what matches, whatever else is asked', async () => {
  expect(idsOf((await active.get('HealthcareService?name=Massage').expect(200)).body)).toEqual(['open'])
  expect((await active.get('HealthcareService?active=false').expect(200)).body.entry).toBeUndefined()
  const { body } = await active.get('HealthcareService?name=Massage').expect(200)
  expect(body.link[0].url).toBe(`${BASE}/HealthcareService?name=Massage`)
})

test('read, versions and history of the rest are those of what is not there', async () => {
  await active.get('HealthcareService/open').expect(200)
  await active.get('HealthcareService/open/_history/1').expect(200)
  for (const path of ['', '/_history', '/_history/1']) {
    const hidden = await active.get(`HealthcareService/shut${path}`).expect(404)
    const absent = await active.get(`HealthcareService/none${path}`).expect(404)
    expect(hidden.body).toEqual(JSON.parse(absent.text.replaceAll('none', 'shut')))
  }
  for (const path of ['HealthcareService/_history', '_history?_count=1000']) {
    const ids = idsOf((await active.get(path).expect(200)).body)
    expect(ids).toContain('open')
    expect(ids).not.toContain('shut')
  }
})

test('pages of versions are full, each with what matches, and are counted', async () => {
  for (let n = 0; n < 4; n++)
    for (const id of ['open', 'shut', 'shut'])
      await server.put(`HealthcareService/${id}`, { ...SERVICE, id, active: id === 'open', comment: `${n}` })
  for (const path of ['HealthcareService/_history', '_history']) {
    const ask = `${path}?_count=2`
    const first = (await narrow.get(ask).expect(200)).body
    expect(idsOf(first)).toEqual(['open', 'open'])
    const next = first.link.find((each: { relation: string }) => each.relation === 'next').url
    expect(idsOf((await narrow.get(next.slice(BASE.length + 1)).expect(200)).body)).toEqual(['open', 'open'])
    expect((await narrow.get(ask.replace('=2', '=0')).expect(200)).body.total).toBeGreaterThanOrEqual(5)
  }
  const none = await server.as('demo', 'system/HealthcareService.rs?name=nobody')
  const { body } = await none.get('HealthcareService/_history?_count=1').expect(200)
  expect([body.total, body.entry, body.link.map((each: { relation: string }) => each.relation)]).toEqual([
    0,
    undefined,
    ['self', 'first']
  ])
})

test('what stops matching disappears with its history', async () => {
  await server.put('HealthcareService/turn', { ...SERVICE, id: 'turn', active: true }).expect(201)
  await active.get('HealthcareService/turn/_history/1').expect(200)
  await server.put('HealthcareService/turn', { ...SERVICE, id: 'turn', active: false }).expect(200)
  await active.get('HealthcareService/turn/_history/1').expect(404)
})

test('changes of the rest are refused, also by criteria and in a Bundle, and change nothing', async () => {
  const shut = { ...SERVICE, id: 'shut', active: true }
  const test = [{ op: 'test', path: '/active', value: true }]
  await active.put('HealthcareService/shut', shut).expect(403)
  await active.put('HealthcareService/nowhere', { ...shut, id: 'nowhere' }).expect(403)
  await active.patch('HealthcareService/shut', test).expect(403)
  await active.delete('HealthcareService/shut').expect(403)
  await active.post('HealthcareService', SERVICE).expect(403)
  const entry = [{ resource: shut, request: { method: 'PUT', url: 'HealthcareService/shut' } }]
  await active.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(403)
  await active.delete('HealthcareService?_id=shut').expect(204)
  expect((await server.get('HealthcareService/shut').expect(200)).body).toMatchObject({ active: false })
  const { body } = await active.patch('HealthcareService/open', [{ op: 'add', path: '/comment', value: 'New' }])
  expect(body).toMatchObject({ id: 'open', comment: 'New' })
})

test('what stops matching while it is being changed is not changed any more', async () => {
  await server.put('HealthcareService/raced', { ...SERVICE, id: 'raced', active: true }).expect(201)
  const note = (n: number) => [{ op: 'add', path: '/comment', value: `note ${n}` }]
  const shutting = [{ op: 'replace', path: '/active', value: false }]
  const answers = await Promise.all([
    ...Array.from({ length: 15 }, (_, n) => active.patch('HealthcareService/raced', note(n))),
    server.patch('HealthcareService/raced', shutting),
    ...Array.from({ length: 15 }, (_, n) => active.patch('HealthcareService/raced', note(20 + n)))
  ])
  const shut = answers[15]!
  expect(shut.status).toBe(200)
  const version = (answer: (typeof answers)[0]) =>
    Number((answer.body as { meta: { versionId: string } }).meta.versionId)
  const changed = answers.filter(each => each !== shut && each.status === 200)
  for (const each of changed) expect(version(each)).toBeLessThan(version(shut))
  expect(answers.filter(({ status }) => status === 403)).toHaveLength(30 - changed.length)
  expect((await server.get('HealthcareService/raced')).body).toMatchObject({ active: false })
})

test('criteria under a plain scope do not reach what only some may change', async () => {
  const finder = await server.as('demo', 'system/HealthcareService.rs system/HealthcareService.ud?active=true')
  await finder.delete('HealthcareService?_id=shut').expect(403)
  await finder.get('HealthcareService/shut').expect(200)
})

test('an update by criteria that finds nothing makes nothing where only some may be changed', async () => {
  const query = 'HealthcareService?_id=shut'
  await active.put(query, SERVICE).expect(403)
  await active.put(query, { ...SERVICE, id: 'made', active: true }).expect(403)
  const entry = [{ resource: SERVICE, request: { method: 'PUT', url: query } }]
  await active.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(403)
  await server.get('HealthcareService/made').expect(404)
  const maker = await server.as('demo', 'system/HealthcareService.c system/HealthcareService.rus?active=true')
  await maker.put('HealthcareService?_id=nothing', SERVICE).expect(201)
})

test('who may change all, but read some, changes what may be read, and puts what is new', async () => {
  const writer = await server.as('demo', 'system/HealthcareService.cud system/HealthcareService.rs?active=true')
  await writer.patch('HealthcareService/shut', [{ op: 'test', path: '/active', value: false }]).expect(403)
  await writer.put('HealthcareService/fresh', { ...SERVICE, id: 'fresh', active: true }).expect(201)
  await writer.delete('HealthcareService/fresh').expect(204)
})

test('includes, chains and _has go by the restriction of the other type', async () => {
  const query = `HealthcareService?_id=shut,open&_include=HealthcareService:location`
  const narrow = await server.as('demo', `system/HealthcareService.rs system/Location.rs?_id=main ${ROLES}`)
  for (const id of ['open', 'shut']) {
    const location = [{ reference: 'Location/main' }, { reference: 'Location/harbor' }]
    await server.put(`HealthcareService/${id}`, { ...SERVICE, id, active: id === 'open', location }).expect(200)
  }
  expect(idsOf((await narrow.get(query).expect(200)).body, 'Location')).toEqual(['main'])
  const found = async (by: string) => idsOf((await narrow.get(`HealthcareService?${by}`).expect(200)).body)
  expect((await found('location._id=main&name=Massage')).sort()).toEqual(['open', 'shut'])
  expect(await found('location._id=harbor')).toEqual([])
  const { body } = await active.get('Location?_has:HealthcareService:location:_id=shut').expect(200)
  expect(body.entry).toBeUndefined()
  const { body: shown } = await active.get('Location?_has:HealthcareService:location:_id=open').expect(200)
  expect(idsOf(shown, 'Location').sort()).toEqual(['harbor', 'main'])
  const { body: back } = await active.get('Location?_id=main&_revinclude=HealthcareService:location').expect(200)
  expect(idsOf(back)).toContain('open')
  expect(idsOf(back)).not.toContain('shut')
})

test('computed Slots are restricted too: by their Schedule, and by alternatives', async () => {
  const own = await server.as('demo', 'system/Slot.rs?schedule=Schedule/dr-garcia-main')
  const { body } = await server.get('Slot?schedule.actor=Location/harbor&_count=1').expect(200)
  const other = idsOf(body, 'Slot')[0]
  expect(other).toMatch(/^s\./)
  await own.get(`Slot/${other}`).expect(404)
  const { body: found } = await own.get('Slot?_count=200').expect(200)
  const schedules = new Set(
    found.entry.map(({ resource }: { resource: { schedule: { reference: string } } }) => resource.schedule.reference)
  )
  expect([...schedules]).toEqual(['Schedule/dr-garcia-main'])
  await own.get(`Slot/${idsOf(found, 'Slot')[0]}`).expect(200)
  const both = await server.as('demo', 'system/Slot.rs?status=busy system/Slot.rs?status=busy-tentative')
  expect((await both.get('Slot').expect(200)).body.entry).toBeUndefined()
  const either = await server.as('demo', 'system/Slot.rs?status=busy system/Slot.rs?status=free')
  expect((await either.get('Slot?_count=1').expect(200)).body.entry).toHaveLength(1)
})

test('operations need the scope without a restriction, and a restriction that is no search is refused', async () => {
  await active.get('HealthcareService/$match?name=massage').expect(403)
  const wrong = await server.as('demo', 'system/HealthcareService.rs?colour=red')
  const { body } = await wrong.get('HealthcareService').expect(403)
  expect(body.issue[0].details.text).toContain('HealthcareService?colour=red')
})
