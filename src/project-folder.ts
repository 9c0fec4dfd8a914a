/** Folders of the project that are no sources (profiles, generated), wherever the code runs from: src or dist/src. */
import { existsSync } from 'node:fs'

/** URL of the folder, with a slash at the end. Throws when it is not there. */
export function projectFolder(name: string): URL {
  const found = [`../${name}/`, `../../${name}/`]
    .map(path => new URL(path, import.meta.url))
    .find(url => existsSync(url))
  if (!found) throw new Error(`The folder ${name} is missing: install Locum whole, and run npm run build`)
  return found
}
