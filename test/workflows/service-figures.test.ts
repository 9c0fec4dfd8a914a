/** How long a service takes, what is kept free round it, and what it costs: what makes no sense is refused (S1, S3). */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { refusal } from '../support/outcome.js'
import { testServer, type TestServer } from '../support/server.js'
import { ours } from './booking-clinic.js'

let server: TestServer
beforeAll(async () => (server = await testServer()), 60_000)
afterAll(() => server?.close())

const UCUM = 'http://unitsofmeasure.org'
const duration = (valueDuration: object, name = 'service-duration') => ({ url: ours(name), valueDuration })
const post = (...extension: object[]) =>
  server.post('HealthcareService', { resourceType: 'HealthcareService', name: 'Consultation', extension })

test.each([
  { value: 0, system: UCUM, code: 'min' },
  { value: -5, system: UCUM, code: 'min' },
  { value: 22.5, system: UCUM, code: 'min' },
  { value: 30, system: UCUM, code: 's' },
  { value: 1, unit: 'h' },
  { value: 1e9, system: UCUM, code: 'min' },
  { value: 1e300, system: UCUM, code: 'min' }
])('a duration of %j is refused, in a buffer as well unless it is 0', async value => {
  const expected = { status: 422, code: 'business-rule', expression: 'HealthcareService.extension[0].value' }
  expect(refusal(await post(duration(value)))).toMatchObject(expected)
  for (const name of value.value === 0 ? [] : ['buffer-before', 'buffer-after'])
    expect(refusal(await post(duration(value, name)))).toMatchObject(expected)
})

test.each([
  { value: 30 },
  { value: 30, unit: 'min' },
  { value: 45, unit: 'minutes', system: UCUM, code: 'min' },
  { value: 1.5, unit: 'h', system: UCUM, code: 'h' }
])('%j is a duration', async value => {
  expect((await post(duration(value), duration({ value: 0, unit: 'min' }, 'buffer-after'))).status).toBe(201)
})

test('it is told once', async () => {
  const twice = await post(duration({ value: 30 }), duration({ value: 40 }))
  expect(refusal(twice)).toMatchObject({ status: 422, expression: 'HealthcareService.extension[1]' })
})

const price = (value: number) => ({ url: ours('service-price'), valueMoney: { value, currency: 'USD' } })

test.each([-1, -0.01, 1e300, 1_000_000_000_001])('a price of %d is refused', async value => {
  expect(refusal(await post(price(value)))).toMatchObject({
    status: 422,
    code: 'business-rule',
    expression: 'HealthcareService.extension[0].value.value'
  })
})

test('a price is told once, and may be nothing', async () => {
  expect((await post(price(0))).status).toBe(201)
  expect((await post(price(79.95))).status).toBe(201)
  expect(refusal(await post(price(1), price(2)))).toMatchObject({ expression: 'HealthcareService.extension[1]' })
})
