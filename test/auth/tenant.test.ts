import { expect, test } from '@jest/globals'
import { chooseTenant } from '../../src/auth/tenant.js'
import { memorySystem } from './memory-system.js'

const system = memorySystem()
system.parents.set('demo-north', 'demo').set('demo-north-1', 'demo-north')

test.each([
  [undefined, 'demo'],
  ['t-demo', 'demo'],
  ['t-demo-north', 'demo-north'],
  ['t-demo-north-1', 'demo-north-1']
])('X-Tenant %s: %s', async (header, tenant) => {
  expect(await chooseTenant(system, 'demo', header)).toBe(tenant)
})

test.each(['t-demo', 't-demo-au', 't-unknown'])('from below, %s is not reached', async header => {
  await expect(chooseTenant(system, 'demo-north', header)).rejects.toMatchObject({ status: 403 })
})

test('a foreign tenant and an unknown one get the same answer', async () => {
  system.parents.set('foreign', 'elsewhere')
  const answers = await Promise.all(
    ['t-foreign', 't-unknown'].map(header => chooseTenant(system, 'demo', header).catch((error: unknown) => error))
  )
  expect(answers[0]).toEqual(answers[1])
})

test.each(['demo', '', 't-', "t-'; drop", 'Organization/t-demo'])('%j is no id of a tenant', async header => {
  await expect(chooseTenant(system, 'demo', header)).rejects.toMatchObject({ status: 400 })
})
