/** The examples as resources of a tenant. */
import { readdirSync, readFileSync } from 'node:fs'
import type { Resource } from '../../src/fhir/types.js'
import { registry } from '../../src/resources/index.js'
import type { TestServer } from './server.js'

const FOLDER = new URL('../../examples/', import.meta.url)

/** The examples of a type. */
export const examples = (type: string): Resource[] =>
  readdirSync(new URL(`${type}/`, FOLDER))
    .filter(name => name.endsWith('.json'))
    .map(name => JSON.parse(readFileSync(new URL(`${type}/${name}`, FOLDER), 'utf8')) as Resource)

/** Creates those that can be created on the demo tenant; throws when one is refused. */
export async function postExamples(server: TestServer, types: readonly string[]): Promise<void> {
  const created = types.filter(type => registry.get(type)!.interactions.includes('create'))
  for (const type of [...created, 'Bundle'])
    for (const resource of examples(type)) {
      const answer = await server.post(type === 'Bundle' ? '' : type, resource)
      if (answer.status >= 300) throw new Error(`${type} is refused with ${answer.status}: ${answer.text}`)
    }
}
