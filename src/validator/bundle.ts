/** Entries of a Bundle: their fullUrl and the resource that it names. https://hl7.org/fhir/R4/bundle.html#bundle-unique */
import { isObject, type Context, type JsonObject } from './context.js'
import type { Fault } from './issue.js'
import { namedBy } from './references.js'

/** Types whose entries may do without fullUrl: what is to be created has none yet. */
const WITHOUT = new Set<unknown>(['batch', 'transaction', 'batch-response', 'transaction-response'])
/** In messages and collections the specification's own examples have ids that disagree. */
const STRICT = new Set<unknown>(['document', 'searchset', 'history', ...WITHOUT])

const fault = (text: string, severity: Fault['severity'] = 'error'): Fault => ({
  ...{ severity, stage: 'rule', rule: 'full-url', code: 'value', text }
})
const RELATIVE = fault('A fullUrl is absolute: http://..., https://... or urn:uuid:...')
const MISSING = fault('The entry should have a fullUrl, which says what resource this is.', 'warning')

/** The path is at the Bundle. */
export function checkEntries({ entry, type }: JsonObject, ctx: Context): void {
  if (!Array.isArray(entry)) return
  ctx.path.push('entry', 0)
  for (let index = 0; index < entry.length; index++) {
    const each: unknown = entry[index]
    ctx.path[ctx.path.length - 1] = index
    if (isObject(each)) checkEntry(each, type, ctx)
  }
  ctx.path.length -= 2
}

function checkEntry({ fullUrl, resource, search }: JsonObject, type: unknown, ctx: Context): void {
  if (fullUrl === undefined) {
    const isOutcome = isObject(search) && search.mode === 'outcome'
    if (resource !== undefined && !WITHOUT.has(type) && !isOutcome) ctx.report(MISSING)
    return
  }
  if (typeof fullUrl !== 'string') return
  const named = namedBy(fullUrl, ctx)
  if (!named && !fullUrl.includes(':') && !/\s|^$/.test(fullUrl)) return ctx.reportAt(RELATIVE, 'fullUrl')
  if (!named || !isObject(resource)) return
  const wrong = disagreement(named.type, named.id, resource, type)
  if (wrong) ctx.reportAt(wrong, 'fullUrl')
}

function disagreement(type: string, id: string, resource: JsonObject, bundle: unknown): Fault | undefined {
  if (typeof resource.resourceType === 'string' && resource.resourceType !== type)
    return fault(`The fullUrl names a resource of type ${type}, but the entry has ${resource.resourceType}.`)
  if (typeof resource.id !== 'string' || resource.id === id) return undefined
  return fault('The fullUrl and the id of the resource disagree.', STRICT.has(bundle) ? 'error' : 'warning')
}
