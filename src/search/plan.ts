/** A search as data: what the query string asked for, resolved against the registry, before any SQL. */
import type { SearchParam } from './definition.js'

export type DatePrefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** A value of a parameter, typed. Date values cover the half-open instants [low, high), ISO with Z. */
export type Value =
  | { form: 'token'; system?: string | null; code?: string; text?: string }
  | { form: 'string'; text: string }
  | { form: 'date'; prefix: DatePrefix; low: string; high: string; lexical: string }
  | { form: 'reference'; type?: string; id: string }
  | { form: 'uri'; uri: string }

export type Modifier = 'exact' | 'contains' | 'missing' | 'not' | 'text' | 'identifier' | 'of-type' | 'above' | 'below'

/** `param` of `type` has one of `values` (OR). Several conditions of a plan are AND. */
export type Condition =
  | { kind: 'param'; type: string; param: SearchParam; modifier?: Modifier; values: Value[] }
  /** The reference `param` leads to a `target` that meets all of `where`. */
  | { kind: 'chain'; type: string; param: SearchParam; target: string; where: Condition[] }
  /** Some `source` whose reference `param` leads here meets all of `where`. */
  | { kind: 'has'; type: string; source: string; param: SearchParam; where: Condition[] }
  | { kind: 'missing'; type: string; param: SearchParam; missing: boolean }

export interface SortKey {
  param: SearchParam
  descending: boolean
}

/** `_include` (reverse false) or `_revinclude`. */
export interface Include {
  reverse: boolean
  iterate: boolean
  source: string
  param: SearchParam
  target?: string
}

/** Opaque position of the last row of a page: the sort key's value and the id. */
export interface Cursor {
  sort: (string | null)[]
  id: string
}

export interface SearchPlan {
  type: string
  where: Condition[]
  sort: SortKey[]
  includes: Include[]
  /** Page size; 0 = count only. */
  count: number
  total: 'none' | 'accurate' | 'estimate'
  after?: Cursor
  /** The query's parameters as they were used, in order: the self link. */
  used: [string, string][]
  /** What was left out, and why: shown as an outcome entry. */
  ignored: { name: string; reason: string }[]
}
