/** What of the project is no source (profiles, generated, its version), wherever the code runs from: src or dist/src. */
import { existsSync, readFileSync } from 'node:fs'

/** URL of the folder, with a slash at the end. Throws when it is not there. */
export function projectFolder(name: string): URL {
  const found = [`../${name}/`, `../../${name}/`]
    .map(path => new URL(path, import.meta.url))
    .find(url => existsSync(url))
  if (!found) throw new Error(`The folder ${name} is missing: install Locum whole, and run npm run build`)
  return found
}

/** Version of the package. */
export function projectVersion(): string {
  const manifest = readFileSync(new URL('../package.json', projectFolder('profiles')), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
