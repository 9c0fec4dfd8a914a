/** Reaching into a JSON object by a Path, extensions by their URL. Taken extensions leave a stub `{url}` in their place. */
import type { Json, JsonObject } from '../fhir/types.js'
import type { Path, Step } from './spec.js'

const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value)

/** The extensions of an object, as an array (made when `make`). */
function extensionsOf(holder: JsonObject, make = false): JsonObject[] {
  if (!Array.isArray(holder.extension)) {
    if (!make) return []
    holder.extension = []
  }
  return holder.extension as JsonObject[]
}

function down(holder: JsonObject, step: Step, make: boolean): JsonObject | undefined {
  if (typeof step === 'string') {
    if (make && !isObject(holder[step])) holder[step] = {}
    const next = holder[step]
    return isObject(next) ? next : undefined
  }
  const found = extensionsOf(holder, make).find(item => item.url === step.extension)
  if (found || !make) return found
  const made = { url: step.extension }
  extensionsOf(holder).push(made)
  return made
}

/** The extensions that a path of values of all of them (`all`) leads through; undefined for every other path. */
function allOf(root: JsonObject, path: Path, make = false): JsonObject[] | undefined {
  const step = path.at(-2)
  if (typeof step !== 'object' || !step.all) return undefined
  const holder = path.slice(0, -2).reduce<JsonObject | undefined>((at, each) => at && down(at, each, make), root)
  return holder ? extensionsOf(holder, make).filter(item => item.url === step.extension) : []
}

/** Fills the extensions in order; more are added, and those beyond the last value go. */
function setAll(root: JsonObject, path: Path, values: readonly unknown[]): void {
  const found = allOf(root, path, true)!
  const { extension: url } = path.at(-2) as { extension: string }
  const last = path.at(-1) as string
  const holder = path.slice(0, -2).reduce((at, each) => down(at, each, true)!, root)
  values.forEach((value, index) => {
    if (found[index]) found[index][last] = value as JsonObject
    else extensionsOf(holder).push({ url, [last]: value as JsonObject })
  })
  const beyond = found.slice(values.length)
  holder.extension = extensionsOf(holder).filter(item => !beyond.includes(item))
}

/** The value at a path whose last step is a property; of `all` extensions the array of their values, gaps and all. */
export function get(root: JsonObject, path: Path): unknown {
  const all = allOf(root, path)
  if (all) return all.length > 0 ? all.map(item => item[path.at(-1) as string]) : undefined
  return holderOf(root, path)?.[path.at(-1) as string]
}

/** The object whose property the path ends at. */
export const holderOf = (root: JsonObject, path: Path): JsonObject | undefined =>
  path.slice(0, -1).reduce<JsonObject | undefined>((at, step) => at && down(at, step, false), root)

/** Sets (making what leads there) or, with undefined, removes. */
export function set(root: JsonObject, path: Path, value: unknown): void {
  if (value === undefined) return remove(root, path)
  if (allOf(root, path)) return setAll(root, path, value as unknown[])
  let holder = root
  for (const step of path.slice(0, -1)) holder = down(holder, step, true)!
  holder[path.at(-1) as string] = value as JsonObject
}

/** Removes the property and the plain objects that this empties; an extension stays as its stub. */
export function remove(root: JsonObject, path: Path): void {
  const all = allOf(root, path)
  if (all) return all.forEach(item => delete item[path.at(-1) as string])
  const holders: JsonObject[] = [root]
  for (const step of path.slice(0, -1)) {
    const next = down(holders.at(-1)!, step, false)
    if (!next) return
    holders.push(next)
  }
  delete holders.at(-1)![path.at(-1) as string]
  for (let level = holders.length - 1; level > 0; level--) {
    const step = path[level - 1]!
    if (typeof step !== 'string' || Object.keys(holders[level]!).length > 0) return
    delete holders[level - 1]![step]
  }
}

/** Takes the items of a repeating element out: an array of objects, or all extensions with the last step's URL. */
export function takeItems(root: JsonObject, path: Path): JsonObject[] | undefined {
  const last = path.at(-1)!
  if (typeof last === 'string') {
    const items = get(root, path)
    if (!Array.isArray(items) || items.length === 0 || !items.every(isObject)) return undefined
    remove(root, path)
    return items
  }
  const holder = path.slice(0, -1).reduce<JsonObject | undefined>((at, step) => at && down(at, step, false), root)
  const found = holder ? extensionsOf(holder).filter(item => item.url === last.extension) : []
  return found.map(item => {
    const { url: _, ...content } = item
    for (const key of Object.keys(content)) delete item[key]
    return content
  })
}

/** Puts items back where `takeItems` took them from: stubs are filled in order, more are added, left-over stubs go. */
export function putItems(root: JsonObject, path: Path, items: JsonObject[]): void {
  const last = path.at(-1)!
  if (typeof last === 'string') {
    if (items.length > 0) set(root, path, items)
    return
  }
  const holder = path
    .slice(0, -1)
    .reduce<JsonObject | undefined>((at, step) => at && down(at, step, items.length > 0), root)
  if (!holder) return
  const stubs = extensionsOf(holder).filter(item => item.url === last.extension)
  items.forEach((item, index) => {
    if (stubs[index]) Object.assign(stubs[index], item)
    else extensionsOf(holder, true).push({ url: last.extension, ...item })
  })
}

/** Drops the extension stubs that the paths lead through, and the arrays of extensions that this empties. */
export function sweepStubs(root: JsonObject, paths: readonly Path[]): void {
  for (const path of paths) if (path.some(step => typeof step !== 'string')) sweep(root, path)
}

function sweep(holder: Json | undefined, [step, ...path]: Path): void {
  if (step === undefined || !isObject(holder)) return
  if (typeof step === 'string') return sweep(holder[step], path)
  const bare = (item: JsonObject): boolean => item.url === step.extension && Object.keys(item).length === 1
  const found = extensionsOf(holder)
  for (const item of found) if (item.url === step.extension) sweep(item, path)
  if (!found.some(bare)) return
  holder.extension = found.filter(item => !bare(item))
  if (holder.extension.length === 0) delete holder.extension
}
