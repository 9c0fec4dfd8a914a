/** What a write is told of beside its success: to whoever asks for it, in a header, and in each entry of a Bundle. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Appointment, Bundle, OperationOutcome, Practitioner } from 'fhir/r4.js'
import { clinic, ours, type Clinic } from './booking-clinic.js'

let c: Clinic
let id = ''
let ann: Practitioner
beforeAll(async () => {
  c = await clinic()
  const [slot] = await c.free('schedule=Schedule/ann-east')
  id = ((await c.book([slot!.id])).body as Appointment).id!
  ann = (await c.server.get('Practitioner/ann')).body as Practitioner
}, 60_000)
afterAll(() => c?.close())

const period = { url: 'period', valuePeriod: { start: '2027-01-04', end: '2027-01-04' } }
const closed = () => ({ ...ann, extension: [{ url: ours('closure'), extension: [period] }] })

test('a header tells of it where the resource itself is answered, and only then', async () => {
  const { headers } = await c.server.put('Practitioner/ann', closed()).expect(200)
  expect(headers.warning).toMatch(
    /^199 - "1 of the future appointments no longer lie .* on 2027-01-04T09:00:00-05:00"$/
  )
  expect(headers.warning).toContain(`Appointment/${id}`)
  const minimal = await c.server.put('Practitioner/ann', closed(), { Prefer: 'return=minimal' })
  expect(minimal.headers.warning).toBeDefined()
  expect((await c.server.put('Practitioner/ann', ann)).headers.warning).toBeUndefined()
})

test('a header holds no more than a header may', async () => {
  const odd = { ...ann, meta: { profile: ['https://example.org/"caf\u00e9"\\', 'https://example.org/two'] } }
  const { headers } = await c.server.put('Practitioner/ann', odd).expect(200)
  expect(headers.warning).toMatch(/^199 - "[ -!#-[\]-~]*", 199 - "[ -!#-[\]-~]*"$/)
})

test.each(['batch', 'transaction'])('an entry of a %s has it as its outcome', async type => {
  const entry = [{ resource: closed(), request: { method: 'PUT', url: 'Practitioner/ann' } }]
  const { body } = await c.server.post('', { resourceType: 'Bundle', type, entry }).expect(200)
  const outcome = (body as Bundle).entry![0]!.response!.outcome as OperationOutcome
  expect(outcome.issue).toContainEqual(
    expect.objectContaining({
      severity: 'warning',
      details: expect.objectContaining({ text: expect.stringContaining(`Appointment/${id}`) })
    })
  )
})
