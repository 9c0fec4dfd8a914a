/**
 * Files of definitions. The first line is an index from canonical url to the place of a JSON text in the rest of the
 * file, so that a definition is parsed when it is first needed, and the types that nobody uses cost nothing. One such
 * file holds FHIR R4 itself (`npm run generate`), others the FHIR packages that are loaded (packages.ts).
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync
} from 'node:fs'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { CodeSystem, FhirResource, StructureDefinition, ValueSet } from 'fhir/r4.js'
import { slim } from './slim.js'

export type Conformance = StructureDefinition | ValueSet | CodeSystem

export interface Definitions {
  /** Definition by canonical url without version; undefined when there is none. */
  get(url: string): Conformance | undefined
  /** Names of the concrete resource types that are defined. */
  readonly resourceTypes: readonly string[]
  /** Canonical urls of all definitions. */
  readonly urls: readonly string[]
  /** Profiles and extensions: canonical url -> the type that is constrained. */
  readonly constrained: ReadonlyMap<string, string>
}

interface Index {
  /** Fingerprint of what the file was made from. */
  stamp: string
  resourceTypes: string[]
  constrained: Record<string, string>
  /** Canonical url -> [offset, length] in bytes, from the end of the first line. */
  places: Record<string, [number, number]>
}

/** Name of the file of FHIR R4 below the project's folder. */
export const DEFINITIONS_FILE = 'generated/r4.ndjson'

/** Reads what `npm run generate` wrote. Throws when it was not run. */
export function loadDefinitions(): Definitions {
  return readDefinitions(findUpwards(DEFINITIONS_FILE))
}

export function readDefinitions(file: string | URL): Definitions {
  const bytes = readFileSync(file)
  const start = bytes.indexOf('\n') + 1
  const { places, resourceTypes, constrained } = JSON.parse(bytes.toString('utf8', 0, start)) as Index
  const index = new Map(Object.entries(places))
  const parsed = new Map<string, Conformance>()
  return {
    resourceTypes,
    urls: [...index.keys()],
    constrained: new Map(Object.entries(constrained)),
    get(url) {
      const known = parsed.get(url)
      const place = known ? undefined : index.get(url)
      if (!place) return known
      const from = start + place[0]
      const definition = JSON.parse(bytes.toString('utf8', from, from + place[1])) as Conformance
      parsed.set(url, definition)
      return definition
    }
  }
}

/** Writes beside the file and renames, so that two processes at once never leave or read half a file. */
export function writeDefinitions(file: string, stamp: string, resources: readonly FhirResource[]): void {
  const index: Index = { stamp, resourceTypes: [], constrained: {}, places: {} }
  const lines: Buffer[] = []
  let offset = 0
  for (const resource of resources) {
    const kept = slim(resource)
    if (!kept?.url || index.places[kept.url]) continue
    const line = Buffer.from(`${JSON.stringify(kept)}\n`)
    index.places[kept.url] = [offset, line.length]
    offset += line.length
    lines.push(line)
    if (kept.resourceType === 'StructureDefinition') list(kept, index)
  }
  index.resourceTypes.sort()
  mkdirSync(dirname(file), { recursive: true })
  const temporary = `${file}.${process.pid}`
  writeFileSync(temporary, Buffer.concat([Buffer.from(`${JSON.stringify(index)}\n`), ...lines]))
  renameSync(temporary, file)
}

function list({ url, kind, abstract, type, derivation }: StructureDefinition, index: Index): void {
  if (derivation === 'constraint') index.constrained[url] = type
  else if (kind === 'resource' && !abstract) index.resourceTypes.push(type)
}

/** Stamp of a file of definitions; undefined when it is not there. It stands at the start, the rest is not read. */
export function stampOf(file: string): string | undefined {
  if (!existsSync(file)) return undefined
  const opened = openSync(file, 'r')
  const head = Buffer.alloc(128)
  readSync(opened, head, 0, head.length, 0)
  closeSync(opened)
  return /^\{"stamp":"([^"]+)"/.exec(head.toString('latin1'))?.[1]
}

/** Reads the conformance resources of a folder, one JSON file each. Throws, naming the file, when one is not JSON. */
export function loadProfiles(folder: string | URL): unknown[] {
  const home = folder instanceof URL ? folder : pathToFileURL(folder)
  const base = home.href.endsWith('/') ? home : new URL(`${home.href}/`)
  return readdirSync(base)
    .filter(name => name.endsWith('.json') && !name.startsWith('.') && name !== 'package.json')
    .sort()
    .map(name => readJson(new URL(encodeURIComponent(name), base)))
}

function readJson(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new Error(`${file.pathname} is not JSON: ${(cause as Error).message}`, { cause })
  }
}

/** Sources run from src/, the built server from dist/src/: the project's folder is the first above that has the file. */
function findUpwards(name: string): URL {
  for (let folder = new URL('./', import.meta.url); ; folder = new URL('../', folder)) {
    const file = new URL(name, folder)
    if (existsSync(file)) return file
    if (folder.pathname === '/') throw new Error(`${name} is missing: run npm run generate`)
  }
}
