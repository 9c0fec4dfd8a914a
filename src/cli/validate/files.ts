/** The files that a command line names, and the resources in them: JSON, or NDJSON with one resource a line. */
import { createReadStream, existsSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const RESOURCES = /\.(json|ndjson)$/
/** In a folder of a FHIR package, what is no resource. */
const APART = /(^|\/)(node_modules\/.*|package\.json|package-lock\.json|\.[^/]*(\/.*)?)$/

/**
 * The file itself; of a folder all JSON and NDJSON files below it; of a pattern (`*` within a name, `**` across folders,
 * `?` one character) those that it matches, for shells that leave this to the program. Throws when there is none.
 */
export function filesOf(name: string): string[] {
  if (name === '-') return [name]
  const pattern = !existsSync(name) && /[*?]/.test(name)
  if (!pattern && !statSync(name).isDirectory()) return [name]
  const folder = pattern ? /^(?:[^*?]*\/)?/.exec(name)![0] || '.' : name
  const wanted = pattern ? toRegExp(name.startsWith('./') ? name.slice(2) : name) : RESOURCES
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
    .filter(file => wanted.test(file) && (pattern || !APART.test(file.slice(folder.length))))
  if (files.length === 0) throw new Error('no file matches')
  return files.sort()
}

const toRegExp = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/\*\*\/|\*\*|\*|\?|[^*?]+/g, part => MEANING[part] ?? part.replace(/\W/g, '\\$&'))}$`)
const MEANING: Readonly<Record<string, string>> = { '**/': '(?:.*/)?', '**': '.*', '*': '[^/]*', '?': '[^/]' }

/** Each resource of a file with the name of its place. Throws when the file cannot be read. */
export async function* resourcesOf(file: string): AsyncGenerator<[place: string, text: string]> {
  if (file !== '-' && !file.endsWith('.ndjson')) {
    yield [file, withoutMark(readFileSync(file, 'utf8'))]
    return
  }
  const input = file === '-' ? process.stdin : createReadStream(file, { fd: openSync(file, 'r') })
  let number = 0
  for await (const line of createInterface({ input, crlfDelay: Infinity }))
    if (++number && line.trim() !== '') yield [`${file}:${number}`, withoutMark(line)]
}

/** Some editors begin a file with a byte order mark. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text)
