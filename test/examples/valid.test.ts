/** Every example is valid, so that it can be trusted as documentation. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { CANONICAL, type Resource } from '../../src/fhir/types.js'
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

interface Identifier {
  system?: string
  type?: { coding?: { code?: string }[] }
  assigner?: { reference?: string }
}

/** An account's AN and PRN identifiers get their system from their assigner before they are validated. */
function prepared(resource: Resource): Resource {
  const copy = structuredClone(resource)
  const entries = (copy.entry as { resource: Resource }[] | undefined)?.map(entry => entry.resource) ?? [copy]
  const identifiers = entries.flatMap(({ contained }) =>
    (contained ?? []).flatMap(each => (each.identifier ?? []) as Identifier[])
  )
  for (const identifier of identifiers) {
    const code = identifier.type?.coding?.[0]?.code?.toLowerCase()
    const facility = identifier.assigner?.reference?.replace('Organization/', '')
    if (facility) identifier.system ??= `${CANONICAL}/sid/facility/${facility}/${code}`
  }
  return copy
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
