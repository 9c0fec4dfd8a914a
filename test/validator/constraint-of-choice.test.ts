/** Constraints on an element of several types see the type of its value. https://hl7.org/fhir/R4/fhirpath.html */
import { expect, test } from '@jest/globals'
import type { Json } from './fixture.js'
import { check } from './made-profile.js'

function observed(expression: string, value: Json): string[] {
  const constraint = [{ key: 'k', severity: 'error', human: 'It holds', expression }]
  const element = [{ path: 'Observation.value[x]', constraint }]
  return check('Observation', element, { status: 'final', code: { text: 'x' }, ...value })
}
const REFUSED = ['k Observation.value']

test.each<[string, Json, string[]]>([
  ['$this.ofType(Quantity).value > 5', { valueQuantity: { value: 1 } }, REFUSED],
  ['$this.ofType(Quantity).value > 5', { valueQuantity: { value: 6 } }, []],
  ['$this.ofType(Quantity).exists()', { valueString: 'x' }, REFUSED],
  ['$this <= now()', { valueDateTime: '2999-01-01T00:00:00Z' }, REFUSED],
  ['$this <= now()', { valueDateTime: '2020-01-01T00:00:00Z' }, []],
  ['$this is Period', { valuePeriod: { start: '2020' } }, []],
  ['$this.length() > 3', { valueString: 'ab' }, REFUSED]
])('%s %j', (expression, value, issues) => expect(observed(expression, value)).toEqual(issues))
