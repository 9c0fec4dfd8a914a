/** S11: the service that a person means. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'

let server: TestServer
beforeAll(async () => {
  server = await testServer()
  const alias = (value: string) => ({ url: `${CANONICAL}/StructureDefinition/service-alias`, valueString: value })
  const services = [
    { id: 'haircut-lopez', name: 'Haircut - Dr. López' },
    { id: 'coloring', name: 'Hair Coloring', comment: 'With a free consultation on the fit colour' },
    { id: 'cleaning', name: 'Dental Cleaning', type: [{ text: 'Prophylaxis' }], extension: [alias('Limpieza dental')] },
    { id: 'closed', name: 'Limpieza facial', active: false }
  ]
  for (const service of services)
    await server.put(`HealthcareService/${service.id}`, { resourceType: 'HealthcareService', active: true, ...service })
})
afterAll(() => server?.close())

const ids = (body: unknown): string[] => ((body as Bundle).entry ?? []).map(({ resource }) => resource!.id!)
const match = async (name: string, on = server): Promise<string[]> =>
  ids((await on.get(`HealthcareService/$match?name=${encodeURIComponent(name)}`).expect(200)).body)

test.each([
  ['corte de pelo', 'haircut'],
  ['Quiero una cita para corte de pelo', 'haircut'],
  ['corte', 'haircut'],
  ['CÓRTE DE PÉLO', 'haircut'],
  ['haircut', 'haircut'],
  ['haircut lopez', 'haircut-lopez'],
  ['hair colouring', 'coloring'],
  ['limpieza', 'cleaning'],
  ['prophylaxis', 'cleaning'],
  ['hola, necesito una limpieza dental para el lunes por la mañana', 'cleaning'],
  ['fit colour', 'coloring'],
  ['physio therapy', 'physiotherapy']
])('%j is %s', async (words, id) => {
  expect((await match(words))[0]).toBe(id)
})

test.each(['surgery', 'zzzz', '?!', 'limpieza facial cerrada%', "'; drop table services; --"])(
  '%j is no service that is offered',
  async words => expect(await match(words)).not.toContain('closed')
)

test('best first, with scores, as many as asked for', async () => {
  const { body } = await server
    .post('HealthcareService/$match', {
      resourceType: 'Parameters',
      parameter: [
        { name: 'name', valueString: 'haircut' },
        { name: 'count', valueInteger: 2 }
      ]
    })
    .expect(200)
  const { total, entry = [] } = body as Bundle
  expect([total, ids(body)]).toEqual([2, ['haircut', 'haircut-lopez']])
  const [first, second] = entry.map(({ search }) => search!)
  expect(first).toEqual({ mode: 'match', score: 1 })
  expect(second!.score).toBeLessThan(1)
})

test('another tenant finds its own only', async () => {
  expect(await match('corte de pelo', await server.as('demo-es'))).toEqual([])
})

test.each([
  ['no name', '', 'name'],
  ['an empty name', '?name=%20', 'name'],
  ['a long one', `?name=${'x'.repeat(401)}`, 'name'],
  ['a count that is none', '?name=x&count=0', 'count'],
  ['an unknown parameter', '?name=x&fuzzy=true', 'fuzzy']
])('%s is refused', async (_, query, expression) => {
  expect(refusal(await server.get(`HealthcareService/$match${query}`))).toMatchObject({ status: 400, expression })
})

test('it is an operation of services, in the capabilities and nowhere else', async () => {
  expect(refusal(await server.get('Location/$match?name=x')).status).toBe(404)
  expect(refusal(await server.post('HealthcareService/$match', { resourceType: 'Patient' })).status).toBe(400)
  expect((await server.get('HealthcareService/$validate')).status).toBe(405)
  const [rest] = (await server.get('metadata')).body.rest
  const named = (type: string) =>
    rest.resource
      .find((each: { type: string }) => each.type === type)
      .operation.map(({ name }: { name: string }) => name)
  expect([named('HealthcareService'), named('Location')]).toEqual([
    expect.arrayContaining(['match', 'validate']),
    expect.not.arrayContaining(['match'])
  ])
})

test('candidates can come from trigram indexes, as the role of the server sees them', async () => {
  await server.sql('begin')
  // Few rows are read faster by any other way: that is closed, so that what can be reached is seen.
  await server.sql(`update pg_index set indisvalid = false where indrelid::regclass::text ~ '^services$|^service_(aliases|types)$'
    and indexrelid::regclass::text !~ '_trigrams$'`)
  await server.sql('set local enable_seqscan = off')
  await server.sql('set local role locum_server')
  await server.sql(`select set_config('app.tenant_id', 'demo', true)`)
  const plan = await server.sql<object>(
    `explain select * from service_words_search w where w.folded % 'corte de pelo' or w.folded %> 'corte'`
  )
  await server.sql('rollback')
  const text = plan.map(row => Object.values(row)[0] as string).join('\n')
  for (const index of ['services', 'service_aliases', 'service_types', 'services_comment'])
    expect(text).toContain(`Bitmap Index Scan on ${index}_trigrams`)
})
