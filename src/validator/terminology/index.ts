/**
 * Code systems and value sets without a terminology server: what the definitions say, worked out once per value set.
 * https://hl7.org/fhir/R4/valueset.html#compose
 */
import type { CodeSystem, ValueSet, ValueSetComposeInclude } from 'fhir/r4.js'
import { isObject } from '../json.js'
import { codesOf, filtered, type Codes } from './code-system.js'
import { SYSTEMS_BY_RULE } from './by-rule.js'

/** The codes of a value set, by system. A system without a list takes part with codes that nobody here can name. */
export interface CodeSet {
  url: string
  systems: ReadonlyMap<string, Codes>
  /** False when a part of the value set could not be worked out: then no code is known to be outside. */
  complete: boolean
}

export type Membership = 'in' | 'out' | 'unknown'

export interface Terminology {
  /** Undefined when there is no such value set. */
  valueSet(canonical: string): CodeSet | undefined
  codeSystem(url: string): Codes | undefined
  /** True for the url of a value set that is known. */
  isValueSet(url: string): boolean
}

/** What an element of a type says of its codes. */
export interface Binding {
  strength: 'required' | 'extensible'
  valueSet: string
  /** The codes; worked out at the first use. Undefined when the value set is not known here. */
  set(): CodeSet | undefined
  /** Type of the bound element. */
  type: string
  /** The set is the most that an extensible or preferred binding allows: a concept with text only is within it. */
  isLimit: boolean
  /** Codes without a system found to be in the set before. */
  accepted: Set<string>
  /** Texts told before, by code and system. */
  texts: Map<string | undefined, Map<string | undefined, string>>
}

/** `find` gives the definition with a canonical url (without version), if there is one. */
export function createTerminology(find: (url: string) => unknown): Terminology {
  const sets = new Map<string, CodeSet | undefined>()
  const systems = new Map<string, Codes>()

  function codeSystem(url: string): Codes | undefined {
    const cached = systems.get(url)
    if (cached) return cached
    const definition = find(url) as CodeSystem | undefined
    const codes = definition?.resourceType === 'CodeSystem' ? codesOf(definition) : undefined
    const known = codes ?? SYSTEMS_BY_RULE.get(url)
    if (known) systems.set(url, known) // what callers name and nobody knows would fill it
    return known
  }

  function valueSet(canonical: string): CodeSet | undefined {
    const url = canonical.split('|')[0]!
    if (sets.has(url)) return sets.get(url)
    sets.set(url, undefined) // ends a circle of value sets that include each other
    const definition = find(url) as ValueSet | undefined
    const set = definition?.resourceType === 'ValueSet' ? expand(definition) : undefined
    sets.set(url, set)
    return set
  }

  function expand(definition: ValueSet): CodeSet {
    const set = new Map<string, Codes>()
    let complete = true
    for (const part of definition.compose?.include ?? []) {
      const included = include(part)
      if (included) for (const [system, codes] of included) set.set(system, union(set.get(system), codes))
      else complete = false
    }
    for (const part of definition.compose?.exclude ?? []) {
      for (const [system, codes] of include(part) ?? []) set.set(system, without(set.get(system), codes))
    }
    for (const { system, code } of definition.compose ? [] : (definition.expansion?.contains ?? [])) {
      if (system && code) set.set(system, union(set.get(system), { known: new Set([code]), open: false }))
    }
    return { url: definition.url!, systems: set, complete }
  }

  /** One include: all its conditions hold at once. Undefined when a value set that it names is unknown. */
  function include(part: ValueSetComposeInclude): Map<string, Codes> | undefined {
    const parts: Map<string, Codes>[] = part.system ? [new Map([[part.system, fromSystem(part, part.system)]])] : []
    for (const canonical of part.valueSet ?? []) {
      const set = valueSet(canonical)
      if (!set?.complete) return undefined
      parts.push(new Map(set.systems))
    }
    return parts.reduce((all, next) => intersect(all, next))
  }

  function fromSystem(part: ValueSetComposeInclude, system: string): Codes {
    if (part.concept) return { known: new Set(part.concept.map(({ code }) => code)), open: false }
    const codes = codeSystem(system) ?? { known: new Set<string>(), open: true }
    return part.filter ? filtered(codes, part.filter) : codes
  }

  const isValueSet = (url: string): boolean => (find(url) as ValueSet | undefined)?.resourceType === 'ValueSet'

  return { valueSet, codeSystem, isValueSet }
}

/** System and code of each coding of a value; of a plain code no system, of a coding without one the empty system. */
export function codesIn(value: unknown): [string | undefined, string][] {
  if (typeof value === 'string') return [[undefined, value]]
  if (!isObject(value)) return []
  if (Array.isArray(value.coding)) return value.coding.flatMap(codesIn)
  return typeof value.code === 'string' ? [[typeof value.system === 'string' ? value.system : '', value.code]] : []
}

/** Whether a code of a system belongs to a set. */
export function membership(set: CodeSet, system: string | undefined, code: string): Membership {
  if (system === undefined) return anySystem(set, code)
  const codes = set.systems.get(system)
  if (!codes) return set.complete ? 'out' : 'unknown'
  if (codes.known.has(code) || codes.rule?.(code)) return 'in'
  return codes.open || !set.complete ? 'unknown' : 'out'
}

/** A code without system (an element of type code) belongs when one of the systems has it. */
function anySystem(set: CodeSet, code: string): Membership {
  let open = !set.complete
  for (const codes of set.systems.values()) {
    if (codes.known.has(code) || codes.rule?.(code)) return 'in'
    open ||= codes.open
  }
  return open ? 'unknown' : 'out'
}

function union(a: Codes | undefined, b: Codes): Codes {
  if (!a) return b
  const rule = a.rule ?? b.rule
  return { known: new Set([...a.known, ...b.known]), open: a.open || b.open, ...(rule && { rule }) }
}

function without(a: Codes | undefined, b: Codes): Codes {
  const known = new Set([...(a?.known ?? [])].filter(code => !b.known.has(code)))
  return { known, open: (a?.open ?? false) || b.open }
}

function intersect(a: Map<string, Codes>, b: Map<string, Codes>): Map<string, Codes> {
  const both = new Map<string, Codes>()
  for (const [system, codes] of a) {
    const other = b.get(system)
    if (other) both.set(system, { known: meet(codes, other), open: codes.open && other.open })
  }
  return both
}

const meet = (a: Codes, b: Codes): ReadonlySet<string> =>
  a.open ? b.known : b.open ? a.known : new Set([...a.known].filter(code => b.known.has(code)))
