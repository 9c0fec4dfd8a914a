/** Large resources made to hurt are answered in time and in short. */
import { expect, test } from '@jest/globals'
import { validator } from './fixture.js'

const many = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i))

test.each<[string, () => object]>([
  ['faults', () => ({ telecom: many(20_000, () => ({ value: '1', sytem: 'phone' })) })],
  ['constraints that fail', () => ({ telecom: many(50_000, () => ({ value: '1' })) })],
  ['unknown elements', () => Object.fromEntries(many(50_000, i => [`element${i}`, 1]))],
  [
    'unknown profiles',
    () => ({ meta: { profile: many(5_000, i => `http://hl7.org/fhir/StructureDefinition/x${i}`) } })
  ],
  [
    'unknown extensions',
    () => ({
      extension: many(5_000, i => ({ url: `http://hl7.org/fhir/StructureDefinition/x${i}`, valueString: 'x' }))
    })
  ],
  [
    'unreferenced contained resources',
    () => ({ contained: many(20_000, i => ({ resourceType: 'Basic', id: `b${i}`, code: { text: 'x' } })) })
  ]
])('%s', (_name, make) => {
  const resource = { resourceType: 'Practitioner', ...make() }
  const started = performance.now()
  const issues = validator.validate(resource)
  expect(performance.now() - started).toBeLessThan(6_000)
  expect(issues.length).toBeGreaterThan(900)
  expect(issues.length).toBeLessThan(1_010)
  expect(issues.at(-1)!.rule).toBe('more')
})
