/**
 * Scopes: SMART v1 (`system/*.read`) and v2 (`system/Slot.rs`, with a restriction `system/Slot.rs?status=free`), and plain
 * ones of our own.
 * https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
 */

/** SMART v2 letters: create, read, update, delete, search. */
export type Letter = 'c' | 'r' | 'u' | 'd' | 's'

/** Scopes that are no resource scopes. */
export const PLAIN_SCOPES: readonly string[] = ['create_users', 'create_tenants']

/** What a set of granted scopes allows. */
export interface Permit {
  /** Without any restriction. */
  may: (type: string, letter: Letter) => boolean
  /** Searches whose matches alone are allowed, each by itself (OR); none when all is allowed, or nothing is. */
  restrictions: (type: string, letter: Letter) => readonly string[]
  has: (scope: string) => boolean
}

interface ResourceScope {
  context: string
  type: string
  /** In the order of `cruds`. */
  letters: string
  /** Search parameters that a resource must match; '' = all do. */
  query: string
}

const V1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }
// No patient/ scopes, nothing here belongs to a patient.
const RESOURCE = /^(system|user)\/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|(?=.)c?r?u?d?s?)$/
/** A restriction is of one type, and none can be enforced on what is not there yet (c): such a part is not granted. */
const RESTRICTED = /^(system|user)\/([A-Z][A-Za-z]{1,63})\.(?=[cruds])c?(r?u?d?s?)\?([^?\s"\\]{1,500})$/

/** The resource scope that a text stands for; undefined when it is none. */
function parseScope(text: string): ResourceScope | undefined {
  const match = RESOURCE.exec(text) ?? RESTRICTED.exec(text)
  if (!match?.[3]) return undefined
  const [, context, type, letters, query = ''] = match as unknown as [string, string, string, string, string?]
  return { context, type, letters: V1[letters] ?? letters, query }
}

/** Whether a client can be granted the scope. */
export const isScope = (text: string): boolean => PLAIN_SCOPES.includes(text) || parseScope(text) !== undefined

const words = (scope: string): string[] => scope.split(' ').filter(Boolean)

/** Resource scopes of a text, one for each context, type and restriction, with all letters that it gives them. */
function merge(scopes: readonly (ResourceScope | undefined)[]): ResourceScope[] {
  const merged = new Map<string, ResourceScope>()
  for (const scope of scopes) {
    if (!scope) continue
    const key = `${scope.context}/${scope.type}?${scope.query}`
    merged.set(key, { ...scope, letters: join(merged.get(key)?.letters ?? '', scope.letters) })
  }
  return [...merged.values()]
}

const join = (a: string, b: string) => [...'cruds'].filter(letter => a.includes(letter) || b.includes(letter)).join('')
const meet = (a: string, b: string) => [...a].filter(letter => b.includes(letter)).join('')

/** The part of `asked` that `registered` covers: wildcards on either side stand for every type, restrictions add up. */
function overlap(asked: ResourceScope, registered: ResourceScope): ResourceScope | undefined {
  const query = [...new Set([asked.query, registered.query])].filter(Boolean).join('&')
  const both = meet(asked.letters, registered.letters)
  const letters = query ? both.replace('c', '') : both
  if (asked.context !== registered.context || !letters) return undefined
  if (registered.type === '*' || registered.type === asked.type) return { ...asked, letters, query }
  return asked.type === '*' ? { ...registered, letters, query } : undefined
}

const written = ({ context, type, letters, query }: ResourceScope): string =>
  `${context}/${type}.${letters}${query && `?${query}`}`

/**
 * The scopes to grant: those asked for, as far as they are registered. A scope that is granted whole keeps its words
 * (a v1 client reads v1 in the answer); of a scope that is granted in part, the parts are named in v2. Unknown ones are left out.
 */
export function grant(asked: string, registered: string): string {
  const known = merge(words(registered).map(parseScope))
  const plain = new Set(words(registered).filter(word => PLAIN_SCOPES.includes(word)))
  const granted = words(asked).flatMap(text => {
    const scope = parseScope(text)
    if (!scope) return plain.has(text) ? [text] : []
    const parts = merge(known.map(other => overlap(scope, other)))
    const whole = parts.some(part => written(part) === written(scope))
    return whole && !/\.c[^?]*\?/.test(text) ? [text] : parts.map(written)
  })
  return [...new Set(granted)].join(' ')
}

/** What the scopes of a token allow. `system/` and `user/` differ in who asks, not in what they reach: both count. */
export function permit(scope: string): Permit {
  const plain = new Set(words(scope).filter(word => PLAIN_SCOPES.includes(word)))
  const scopes = words(scope).flatMap(word => parseScope(word) ?? [])
  const letters = new Map<string, string>()
  for (const part of scopes) if (!part.query) letters.set(part.type, join(letters.get(part.type) ?? '', part.letters))
  const may: Permit['may'] = (type, letter) =>
    Boolean(letters.get('*')?.includes(letter) || letters.get(type)?.includes(letter))
  const restricted = scopes.filter(part => part.query)
  return {
    may,
    restrictions: (type, letter) =>
      may(type, letter)
        ? []
        : [
            ...new Set(
              restricted.flatMap(part => (part.type === type && part.letters.includes(letter) ? part.query : []))
            )
          ],
    has: name => plain.has(name)
  }
}
