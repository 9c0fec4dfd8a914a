/**
 * Where the validator gets the definitions of FHIR R4 from: one file that `npm run generate` writes. Its first line is
 * an index from canonical url to the place of a JSON text in the rest of the file, so that a definition is read and
 * parsed when it is first needed, and the 150 types that nobody uses cost nothing.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { CodeSystem, StructureDefinition, ValueSet } from 'fhir/r4.js'

export type Conformance = StructureDefinition | ValueSet | CodeSystem

export interface Definitions {
  /** Definition by canonical url without version; undefined when the specification has none. */
  get(url: string): Conformance | undefined
  /** Names of the concrete resource types. */
  readonly resourceTypes: readonly string[]
  /** Canonical urls of all definitions. */
  readonly urls: readonly string[]
}

export interface DefinitionsIndex {
  /** Fingerprint of what the file was made from. */
  stamp: string
  resourceTypes: string[]
  /** Canonical url -> [offset, length] in bytes, from the end of the first line. */
  places: Record<string, [number, number]>
}

/** Name of the file below the project's folder. */
export const DEFINITIONS_FILE = 'generated/r4.ndjson'

/** Reads what `npm run generate` wrote. Throws when it was not run. */
export function loadDefinitions(): Definitions {
  const bytes = readFileSync(findUpwards(DEFINITIONS_FILE))
  const start = bytes.indexOf('\n') + 1
  const { places, resourceTypes } = JSON.parse(bytes.toString('utf8', 0, start)) as DefinitionsIndex
  const index = new Map(Object.entries(places))
  const parsed = new Map<string, Conformance>()
  return {
    resourceTypes,
    urls: [...index.keys()],
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

/** Reads the conformance resources of a folder, one JSON file each. Throws, naming the file, when one is not JSON. */
export function loadProfiles(folder: string | URL): unknown[] {
  const base = folder instanceof URL ? folder : new URL(`file://${folder}/`)
  const home = base.href.endsWith('/') ? base : new URL(`${base.href}/`)
  return readdirSync(home)
    .filter(name => name.endsWith('.json') && !name.startsWith('.') && name !== 'package.json')
    .sort()
    .map(name => readJson(new URL(encodeURIComponent(name), home)))
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
