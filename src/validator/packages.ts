/**
 * FHIR packages (https://hl7.org/fhir/packages.html): folders of conformance resources with a package.json, as
 * `npm pack` delivers and unpacks them. Each is read once into a file of definitions, which later starts read in
 * milliseconds. A package that cannot be used is refused when it is first read.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { FhirResource } from 'fhir/r4.js'
import { loadProfiles, readDefinitions, stampOf, writeDefinitions, type Definitions } from './definitions.js'

export interface PackageOptions {
  /** Where packages are looked for by name, in this order: `./packages`, `./node_modules`. */
  folders: readonly string[]
  /** Folder for the files of definitions. */
  cache: string
  /** Called with the definitions of all packages when one of them was read anew; throws when they cannot be used. */
  check: (packages: Definitions[]) => void
}

/** The packages with these names (or at these paths), in order. Throws when one is not there or cannot be used. */
export function loadPackages(names: readonly string[], { folders, cache, check }: PackageOptions): Definitions[] {
  const fresh: string[] = []
  const files = names.map(name => {
    const folder = locate(name, folders)
    const manifest = readFileSync(join(folder, 'package.json'))
    const { name: id, version } = JSON.parse(manifest.toString('utf8')) as { name: string; version: string }
    const file = join(cache, `${id}-${version}.ndjson`)
    const stamp = fingerprint(manifest, folder)
    if (stampOf(file) === stamp) return file
    writeDefinitions(file, stamp, loadProfiles(folder) as FhirResource[])
    fresh.push(file)
    return file
  })
  const packages = files.map(readDefinitions)
  if (fresh.length > 0) checkFresh(() => check(packages), fresh)
  return packages
}

/** What was refused is read and refused again at the next start. */
function checkFresh(check: () => void, files: string[]): void {
  try {
    check()
  } catch (error) {
    for (const file of files) rmSync(file, { force: true })
    throw error
  }
}

/** The format of the files may change with the program, the content with the package. */
function fingerprint(manifest: Buffer, folder: string): string {
  const format = '1'
  return createHash('sha256')
    .update(format)
    .update(manifest)
    .update(String(statSync(folder).mtimeMs))
    .digest('hex')
    .slice(0, 16)
}

/** The folder with the package's package.json; in an unpacked archive that is its folder `package`. */
function locate(name: string, folders: readonly string[]): string {
  const places = [name, ...folders.map(folder => join(folder, name))].flatMap(place => [join(place, 'package'), place])
  const found = places.find(place => existsSync(join(place, 'package.json')))
  if (!found)
    throw new Error(
      `There is no FHIR package ${name} in ${folders.join(' or ')}: unpack what npm pack ${name} gives there`
    )
  return found
}
