/** JSON Patch on a resource. https://www.rfc-editor.org/rfc/rfc6902 */
import { describe, expect, test } from '@jest/globals'
import { readJson, writeJson } from '../../src/fhir/digits.js'
import { FhirError } from '../../src/fhir/errors.js'
import type { Resource } from '../../src/fhir/types.js'
import { applyJsonPatch, readPatch } from '../../src/interactions/json-patch.js'

const TEXT = `{"resourceType":"Location","id":"a","name":"One","alias":["x","y"],"position":{"longitude":-73.50,"latitude":1.0}}`
const document = (): Resource => readJson(TEXT) as Resource
const apply = (operations: string): string => writeJson(applyJsonPatch(document(), readPatch(readJson(operations))))
const refusedBy = (operations: string): FhirError => {
  try {
    apply(operations)
  } catch (error) {
    return error as FhirError
  }
  throw new Error(`${operations} is applied`)
}

describe('a patch', () => {
  test('keeps the digits of what it brings and of what it leaves', () => {
    const added = '{"op":"add","path":"/extension","value":[{"url":"u","valueDecimal":2.50}]}'
    const text = apply(`[{"op":"replace","path":"/position/latitude","value":0.10},${added}]`)
    expect(text).toContain('"position":{"longitude":-73.50,"latitude":0.10}')
    expect(text).toContain('"valueDecimal":2.50')
    expect(document()).toEqual(readJson(TEXT))
  })

  test('compares numbers by value', () => {
    expect(apply('[{"op":"test","path":"/position/latitude","value":1}]')).toBe(TEXT)
  })

  test('knows all six operations, and escapes', () => {
    const text = apply(`[{"op":"test","path":"/alias","value":["x","y"]},{"op":"add","path":"/alias/0","value":"w"},
      {"op":"add","path":"/alias/-","value":"z"},{"op":"remove","path":"/alias/1"},{"op":"copy","from":"/name","path":"/description"},
      {"op":"move","from":"/alias/0","path":"/a~1b~0c"},{"op":"replace","path":"/name","value":"Two"}]`)
    expect(JSON.parse(text)).toMatchObject({ name: 'Two', alias: ['y', 'z'], description: 'One', 'a/b~c': 'w' })
  })

  const nested = JSON.stringify([...Array(90).keys()].reduce<unknown>(inner => ({ a: inner }), 1))
  test.each([
    ['{"op":"test","path":"/name","value":"Two"}', 'Location.name', 'another one'],
    ['{"op":"test","path":"/alias/7","value":null}', 'Location.alias[7]', 'nothing at this place'],
    ['{"op":"remove","path":"/status"}', 'Location.status', 'nothing at this place'],
    ['{"op":"remove","path":"/alias/-"}', 'Location.alias.-', 'nothing at this place'],
    ['{"op":"replace","path":"/alias/zero","value":1}', 'Location.alias.zero', 'nothing at this place'],
    ['{"op":"replace","path":"/alias/01","value":1}', 'Location.alias.01', 'nothing at this place'],
    ['{"op":"replace","path":"/name/length","value":1}', 'Location.name.length', 'nothing at this place'],
    ['{"op":"add","path":"/address/city","value":"Troy"}', 'Location.address.city', 'should hold this'],
    ['{"op":"add","path":"/alias/3","value":"z"}', 'Location.alias[3]', 'should hold this'],
    ['{"op":"add","path":"/__proto__/polluted","value":1}', 'Location.__proto__.polluted', 'should hold this'],
    ['{"op":"add","path":"/constructor","value":1}', 'Location.constructor', 'should hold this'],
    ['{"op":"move","from":"/status","path":"/name"}', 'Location.name', 'nothing at /status'],
    ['{"op":"move","from":"/position","path":"/position/inner"}', 'Location.position.inner', 'into itself'],
    ['{"op":"replace","path":"","value":{}}', 'Location', 'PUT'],
    ['{"op":"replace","path":"/id","value":"b"}', 'Location.id', 'set by the server'],
    ['{"op":"move","from":"/resourceType","path":"/name"}', 'Location.name', 'set by the server'],
    ['{"op":"add","path":"/meta/versionId","value":"7"}', 'Location.meta.versionId', 'set by the server']
  ])('%s is refused with its place', (operation, expression, text) => {
    const { status, issues } = refusedBy(`[{"op":"test","path":"/name","value":"One"},${operation}]`)
    expect(status).toBe(422)
    expect(issues).toEqual([expect.objectContaining({ code: 'processing', expression })])
    expect(issues[0]!.text).toMatch(/^Operation 2 /)
    expect(issues[0]!.text).toContain(text)
  })

  test.each([
    ['{}', 'array'],
    ['[null]', 'Operation 1 of the patch is no object'],
    ['[{"op":"put","path":"/name"}]', 'needs an op'],
    ['[{"op":"constructor","path":"/name"}]', 'needs an op'],
    ['[{"op":"add","path":"/name"}]', 'needs a value'],
    ['[{"op":"add","value":1}]', 'needs a path'],
    ['[{"op":"remove","path":"name"}]', 'JSON Pointer'],
    ['[{"op":"remove","path":"/a~2"}]', 'JSON Pointer'],
    ['[{"op":"copy","path":"/name"}]', 'needs a from'],
    [`[${Array(1001).fill('{"op":"test","path":"/name","value":"One"}').join()}]`, 'send several']
  ])('%# that is none is refused', (operations, text) => {
    const { status, message } = refusedBy(operations)
    expect(status).toBe(operations.length > 1000 ? 413 : 400)
    expect(message).toContain(text)
  })

  test('cannot grow without end, in size or depth', () => {
    const grow = '{"op":"copy","from":"/alias","path":"/alias/-"}'
    expect(refusedBy(`[${Array(100).fill(grow).join()}]`).status).toBeLessThan(500)
    const wide =
      '{"op":"copy","from":"/contained","path":"/contained/0/x"},{"op":"copy","from":"/contained/0","path":"/contained/-"}'
    const start = '{"op":"add","path":"/contained","value":[{"a":"0123456789"}]}'
    expect(refusedBy(`[${start},${Array(60).fill(wide).join()}]`).status).toBeLessThan(500)
    const deep = `{"op":"add","path":"/x","value":${nested}},{"op":"add","path":"/y","value":${nested}}`
    expect(refusedBy(`[${deep},{"op":"move","from":"/y","path":"/x${'/a'.repeat(89)}"}]`)).toMatchObject({
      status: 400
    })
  })
})
