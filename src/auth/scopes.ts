/**
 * Scopes: SMART v1 (`system/*.read`) and v2 (`system/Slot.rs`), and plain ones of our own.
 * https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html
 */

/** SMART v2 letters: create, read, update, delete, search. */
export type Letter = 'c' | 'r' | 'u' | 'd' | 's'

/** Scopes that are no resource scopes. */
export const PLAIN_SCOPES: readonly string[] = ['create_users', 'create_tenants']

/** What a set of granted scopes allows. */
export interface Permit {
  may(type: string, letter: Letter): boolean
  has(scope: string): boolean
}

interface ResourceScope {
  context: string
  type: string
  /** In the order of `cruds`. */
  letters: string
}

const V1: Readonly<Record<string, string>> = { read: 'rs', write: 'cud', '*': 'cruds' }
// No patient/ scopes, nothing here belongs to a patient; no `?query`: a restriction that is not enforced is not granted.
const RESOURCE = /^(system|user)\/(\*|[A-Z][A-Za-z]{1,63})\.(read|write|\*|(?=.)c?r?u?d?s?)$/

/** The resource scope that a text stands for; undefined when it is none. */
function parseScope(text: string): ResourceScope | undefined {
  const match = RESOURCE.exec(text)
  return match ? { context: match[1]!, type: match[2]!, letters: V1[match[3]!] ?? match[3]! } : undefined
}

const words = (scope: string): string[] => scope.split(' ').filter(Boolean)

/** Resource scopes of a text, one for each context and type, with all letters that it gives them. */
function merge(scopes: readonly (ResourceScope | undefined)[]): ResourceScope[] {
  const merged = new Map<string, ResourceScope>()
  for (const scope of scopes) {
    if (!scope) continue
    const key = `${scope.context}/${scope.type}`
    merged.set(key, { ...scope, letters: join(merged.get(key)?.letters ?? '', scope.letters) })
  }
  return [...merged.values()]
}

const join = (a: string, b: string) => [...'cruds'].filter(letter => a.includes(letter) || b.includes(letter)).join('')
const meet = (a: string, b: string) => [...a].filter(letter => b.includes(letter)).join('')

/** The part of `asked` that `registered` covers: wildcards on either side stand for every type. */
function overlap(asked: ResourceScope, registered: ResourceScope): ResourceScope | undefined {
  const letters = meet(asked.letters, registered.letters)
  if (asked.context !== registered.context || !letters) return undefined
  if (registered.type === '*' || registered.type === asked.type) return { ...asked, letters }
  return asked.type === '*' ? { ...registered, letters } : undefined
}

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
    if (parts.some(part => part.type === scope.type && part.letters === scope.letters)) return [text]
    return parts.map(part => `${part.context}/${part.type}.${part.letters}`)
  })
  return [...new Set(granted)].join(' ')
}

/** What the scopes of a token allow. `system/` and `user/` differ in who asks, not in what they reach: both count. */
export function permit(scope: string): Permit {
  const plain = new Set(words(scope).filter(word => PLAIN_SCOPES.includes(word)))
  const letters = new Map<string, string>()
  for (const part of words(scope).map(parseScope)) {
    if (part) letters.set(part.type, join(letters.get(part.type) ?? '', part.letters))
  }
  return {
    may: (type, letter) => Boolean(letters.get('*')?.includes(letter) || letters.get(type)?.includes(letter)),
    has: name => plain.has(name)
  }
}
