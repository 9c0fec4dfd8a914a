/**
 * JSON Patch on a resource: https://www.rfc-editor.org/rfc/rfc6902, which rfc6902 carries out. Pointers are followed here
 * first, strictly: the library takes `/name/zero` or `/name/0/family/length` for places.
 */
import { applyPatch, Pointer, type Operation } from 'rfc6902'
import { MAX_DEPTH, refuseDeep } from '../fhir/bounded-json.js'
import { marked, unmarked } from '../fhir/digits.js'
import { error, FhirError, fhirError } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'

export type JsonPatch = readonly Operation[]

const MAX_OPERATIONS = 1000
/** Of all that is copied, in characters: copies of copies would grow without end. */
const MAX_COPIED = 1_000_000
const NEEDS: Readonly<Record<string, readonly string[]>> = {
  add: ['value'],
  replace: ['value'],
  test: ['value'],
  remove: [],
  move: ['from'],
  copy: ['from']
}
const KEPT = ['/id', '/resourceType', '/meta/versionId', '/meta/lastUpdated']
/** Digits without a zero in front. */
const INDEX = /^(?:0|[1-9]\d{0,8})$/

/** The body as a list of operations. Throws FhirError 400 when it is none; `at` is where it lies in a Bundle. */
export function readPatch(body: unknown, at = 'patch'): JsonPatch {
  if (!Array.isArray(body)) throw fhirError('structure', 'A JSON Patch is an array of operations', { expression: at })
  if (body.length > MAX_OPERATIONS)
    throw fhirError('too-long', `A JSON Patch may have ${MAX_OPERATIONS} operations: send several`, { expression: at })
  body.forEach((operation: unknown, index) => {
    const fault = faultOf(operation)
    if (fault) throw fhirError('structure', `Operation ${index + 1} of the patch ${fault}`, { expression: at })
  })
  return body as Operation[]
}

function faultOf(operation: unknown): string | undefined {
  if (operation === null || typeof operation !== 'object') return 'is no object'
  const { op, ...members } = operation as Record<string, unknown>
  const needs = typeof op === 'string' && Object.hasOwn(NEEDS, op) ? NEEDS[op] : undefined
  if (!needs) return `needs an op: ${Object.keys(NEEDS).join(', ')}`
  for (const name of ['path', ...needs]) {
    if (!Object.hasOwn(members, name)) return `(${op as string}) needs a ${name}`
    if (name !== 'value' && !isPointer(members[name]))
      return `(${op as string}) needs a JSON Pointer as ${name}: /name/0/family`
  }
  return undefined
}

const isPointer = (text: unknown): boolean => typeof text === 'string' && /^(?:\/(?:[^~]|~[01])*)?$/.test(text)

/**
 * What the patch makes of a resource, decimals with their digits. Throws FhirError 422 that names the operation: a place
 * that is not there, a test that fails, an element that only the server sets.
 */
export function applyJsonPatch(resource: Resource, patch: JsonPatch): Resource {
  const [document, plain] = [marked(resource), structuredClone(resource)]
  const operations = marked(patch) as Operation[]
  let copied = 0
  patch.forEach((operation, index) => {
    const refused = (text: string): FhirError => refusal(resource, operation, index, text)
    if (operation.op !== 'test' && [operation.path, fromOf(operation)].some(isKept))
      throw refused('id, resourceType, meta.versionId and meta.lastUpdated are set by the server')
    checkPlaces(plain, operation, refused)
    if (operation.op === 'copy') copied += JSON.stringify(broughtBy(plain, operation)).length
    if (copied > MAX_COPIED) throw refused(`copies may bring ${MAX_COPIED} characters at most`)
    refuseDeep(broughtBy(plain, operation), MAX_DEPTH - tokensOf(operation.path).length)
    // 1.5 is 1.50: tests are held against the numbers, everything else keeps how they are written.
    if (applyPatch(plain, [operation])[0])
      throw refused(operation.op === 'test' ? 'the value there is another one' : 'there is nothing at this place')
    if (operation.op !== 'test') applyPatch(document, [operations[index]!])
  })
  return unmarked(document) as Resource
}

/** What an operation puts into the document. */
const broughtBy = (document: unknown, operation: Operation): unknown =>
  'from' in operation
    ? Pointer.fromJSON(operation.from).get(document)
    : 'value' in operation
      ? operation.value
      : undefined
const fromOf = (operation: Operation): string => (operation.op === 'move' ? operation.from : '')
const isKept = (path: string): boolean => KEPT.some(kept => path === kept || path.startsWith(`${kept}/`))

function refusal({ resourceType }: Resource, { op, path }: Operation, index: number, text: string): FhirError {
  const place = expressionOf(resourceType, path)
  return new FhirError([error('processing', `Operation ${index + 1} (${op} ${path}): ${text}`, place)], { status: 422 })
}

/** `/name/0/family` as `Practitioner.name[0].family`. */
const expressionOf = (type: string, path: string): string =>
  path
    .split('/')
    .slice(1)
    .reduce((at, step) => (INDEX.test(step) ? `${at}[${step}]` : `${at}.${step}`), type)

const tokensOf = (path: string): string[] =>
  path
    .split('/')
    .slice(1)
    .map(token => token.replaceAll('~1', '/').replaceAll('~0', '~'))

/** A target of add, move and copy may be new; everything else must be there, and a test of nothing fails. */
function checkPlaces(document: unknown, operation: Operation, refused: (text: string) => FhirError): void {
  const { op, path } = operation
  if (path === '' && op !== 'test') throw refused('patch elements, or send the whole resource by PUT')
  const isTarget = op === 'add' || op === 'move' || op === 'copy'
  if ((op === 'move' || op === 'copy') && !leads(document, tokensOf(operation.from), false))
    throw refused(`there is nothing at ${operation.from}`)
  if (op === 'move' && path.startsWith(`${operation.from}/`)) throw refused('nothing can be moved into itself')
  if (!leads(document, tokensOf(path), isTarget))
    throw refused(isTarget ? 'what should hold this is not there: add that first' : 'there is nothing at this place')
}

/** Whether a pointer leads somewhere; the last step of a target may be a new property, an index up to the length, or `-`. */
function leads(node: unknown, [step, ...more]: readonly string[], isTarget: boolean): boolean {
  if (step === undefined) return true
  if (node === null || typeof node !== 'object' || step === '__proto__') return false
  const last = isTarget && more.length === 0
  if (Array.isArray(node)) {
    if (last && (step === '-' || (INDEX.test(step) && Number(step) === node.length))) return true
    return INDEX.test(step) && Number(step) < node.length && leads(node[Number(step)], more, isTarget)
  }
  if (Object.hasOwn(node, step)) return leads((node as Record<string, unknown>)[step], more, isTarget)
  return last && step !== 'constructor' && step !== 'prototype'
}
