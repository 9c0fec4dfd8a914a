/** Every example is valid, so that it can be trusted as documentation. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { Resource } from '../../src/fhir/types.js'
import { rules } from '../../src/resources/rules.js'
import { createValidator, loadDefinitions, loadProfiles } from '../../src/validator/index.js'

const examples = new URL('../../examples/', import.meta.url)
const validator = createValidator({
  definitions: loadDefinitions(),
  conformance: loadProfiles(new URL('../../profiles/', import.meta.url))
})

const files = readdirSync(examples, { recursive: true })
  .map(name => String(name).replaceAll('\\', '/'))
  .filter(name => name.endsWith('.json'))
  .sort()

/** In the form in which the server validates: the write rules of the type have prepared it. */
function prepared(resource: Resource): Resource {
  if (resource.resourceType === 'Bundle') {
    const entry = (resource.entry as { resource: Resource }[]).map(each => ({
      ...each,
      resource: prepared(each.resource)
    }))
    return { ...resource, entry }
  }
  const write = { interaction: 'create' as const, type: resource.resourceType, id: 'new', resource }
  const preparing = (rules.get(write.type) ?? []).filter(rule => rule.prepare && rule.when(write))
  return preparing.reduce((last, rule) => rule.prepare!({ ...write, resource: last }).resource, resource)
}

const read = (name: string): Resource => JSON.parse(readFileSync(new URL(name, examples), 'utf8')) as Resource

describe('examples', () => {
  test.each(files)('%s', name => {
    const resource = read(name)
    const issues = validator.validate(prepared(resource))
    expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
    expect(name.startsWith(`${resource.resourceType}/`)).toBe(true)
  })
})
