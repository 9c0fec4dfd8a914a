/** The codes of a CodeSystem and its filters. https://hl7.org/fhir/R4/codesystem.html#filters */
import type { CodeSystem, CodeSystemConcept, ValueSetComposeIncludeFilter } from 'fhir/r4.js'

export interface Codes {
  known: ReadonlySet<string>
  /** True when there are more codes than the known ones, so that a code not known proves nothing. */
  open: boolean
  /** Decides codes that no list can hold, such as mime types. */
  rule?: (code: string) => boolean
  /** Parents of each code, for filters by hierarchy. */
  parents?: ReadonlyMap<string, readonly string[]>
  /** Upper and lower case are the same to this system. */
  foldsCase?: boolean
}

const PARENTS = new Set(['subsumedBy', 'parent'])

/** Undefined when the resource does not list its codes at all. */
export function codesOf(system: CodeSystem): Codes | undefined {
  if (!system.concept) return undefined
  const known = new Set<string>()
  const parents = new Map<string, string[]>()
  collect(system.concept, undefined)
  return { known, open: system.content !== 'complete', parents }

  function collect(concepts: CodeSystemConcept[], parent: string | undefined): void {
    for (const { code, concept, property } of concepts) {
      known.add(code)
      const named = (property ?? []).filter(each => PARENTS.has(each.code)).map(each => each.valueCode ?? '')
      parents.set(code, [...(parents.get(code) ?? []), ...(parent === undefined ? [] : [parent]), ...named])
      if (concept) collect(concept, code)
    }
  }
}

/** The codes that pass all filters. Filters that cannot be worked out leave the set open and without known codes. */
export function filtered(codes: Codes, filters: readonly ValueSetComposeIncludeFilter[]): Codes {
  const tests = filters.map(filter => testOf(codes, filter))
  if (codes.open || tests.includes(undefined)) return { known: new Set(), open: true }
  return { known: new Set([...codes.known].filter(code => tests.every(test => test!(code)))), open: false }
}

function testOf(
  codes: Codes,
  { property, op, value }: ValueSetComposeIncludeFilter
): ((code: string) => boolean) | undefined {
  if (property !== 'concept' && property !== 'code') return undefined
  if (op === 'is-a') return code => code === value || isBelow(codes, code, value)
  if (op === 'descendent-of') return code => isBelow(codes, code, value)
  if (op === 'is-not-a') return code => code !== value && !isBelow(codes, code, value)
  if (op === '=') return code => code === value
  if (op === 'in') return code => value.split(',').includes(code)
  if (op === 'not-in') return code => !value.split(',').includes(code)
  if (op === 'regex') return code => new RegExp(`^(?:${value})$`).test(code)
  return undefined
}

function isBelow(codes: Codes, code: string, ancestor: string, seen = new Set<string>()): boolean {
  for (const parent of codes.parents?.get(code) ?? []) {
    if (parent === ancestor) return true
    if (seen.has(parent)) continue
    seen.add(parent)
    if (isBelow(codes, parent, ancestor, seen)) return true
  }
  return false
}
