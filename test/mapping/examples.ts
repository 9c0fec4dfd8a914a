/** HL7's own examples of the served types. */
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'
import type { Resource } from '../../src/fhir/types.js'

const folder = dirname(createRequire(import.meta.url).resolve('hl7.fhir.r4.examples/package.json'))

export function examples(type: string): Resource[] {
  return readdirSync(folder)
    .filter(file => file.startsWith(`${type}-`))
    .map(file => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Resource)
}
