/** A search as data: what the query string asked for, resolved against the registry, before any SQL. */
import type { SearchParam } from './definition.js'

export type DatePrefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** Half-open instants [low, high), ISO with Z. `local` is the same range on the wall clock of the value as written. */
export interface DateValue {
  form: 'date'
  prefix: DatePrefix
  low: string
  high: string
  local: { low: string; high: string }
  lexical: string
}

/** `system` null = none (`|code`), absent = any. `text` is for :text, `type` for :of-type. */
export interface TokenValue {
  form: 'token'
  system?: string | null
  code?: string
  text?: string
  type?: { system: string; code: string }
}

/** Within `meters` of a point on Earth, in degrees. */
export interface NearValue {
  form: 'near'
  latitude: number
  longitude: number
  meters: number
}

/** A value of a parameter, typed. */
export type Value =
  | TokenValue
  | DateValue
  | { form: 'string'; text: string }
  /** `type` absent = any of the parameter's targets. */
  /** `bare`: an id alone was given, and `type` follows from the parameter. */
  | { form: 'reference'; type?: string; id: string; bare?: true }
  /** A reference to another server. */
  | { form: 'foreign'; url: string }
  | { form: 'uri'; uri: string }
  | NearValue

export type ValueForm = Value['form']
export type ValueOf<F extends ValueForm> = Extract<Value, { form: F }>

export type Modifier = 'exact' | 'contains' | 'missing' | 'not' | 'text' | 'identifier' | 'of-type' | 'above' | 'below'

/** Several conditions of a plan are AND. */
export type Condition =
  /** `param` of `type` has one of `values` (with :not, none of them). */
  | { kind: 'param'; type: string; param: SearchParam; modifier?: Modifier; values: Value[] }
  /** The reference `param` leads to a `target` that meets all of `where`. */
  | { kind: 'chain'; type: string; param: SearchParam; target: string; where: Condition[] }
  /** Some `source` whose reference `param` leads here meets all of `where`. */
  | {
      kind: 'has'
      type: string
      source: string
      param: SearchParam
      where: Condition[]
      /** Ids of `type` that computed resources of `source` refer to, once these were worked out. */
      settled?: readonly string[]
    }
  | { kind: 'missing'; type: string; param: SearchParam; missing: boolean }
  /** One of these: a chain written without a type that several targets of the reference can answer. */
  | { kind: 'any'; type: string; of: Condition[] }
  /** All conditions of one of these. */
  | { kind: 'either'; type: string; of: Condition[][] }

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

/**
 * Opaque position of a row: the sort keys' values and the id. The page is what follows it or, `backward`, what comes
 * before it (in the same order).
 */
export interface Cursor {
  sort: (string | null)[]
  id: string
  /** Where the search is over several types. */
  type?: string
  backward?: boolean
}

/** What is asked of one type. */
export interface TypePlan {
  type: string
  where: Condition[]
  sort: SortKey[]
}

export interface SearchPlan extends TypePlan {
  /** Further types, whose matches come in the same order: the same parameters, as these types have them. */
  beside?: TypePlan[]
  /** Asked of the base, not of the type. */
  system?: boolean
  includes: Include[]
  /** Only what can be written, for conditional writes: the type's own table, and by _id rows that a rule updates. */
  stored?: boolean
  /** Page size; 0 = count only. */
  count: number
  /** `auto`: known only when the first page holds all. */
  total: 'auto' | 'none' | 'accurate' | 'estimate'
  /** The sealed position as it came in `_cursor`; openCursor() turns it into `after`. */
  cursor?: string
  after?: Cursor
  /** The query's parameters as they were used, in order: the self link. */
  used: [string, string][]
  /** What was left out, and why: shown as an outcome entry. */
  ignored: { name: string; reason: string }[]
  /** What the result lacks, and how to have it: an outcome entry too. */
  notes?: { name: string; text: string }[]
}

/** The plan as it is for each of its types. */
export const ofEachType = ({ beside = [], ...plan }: SearchPlan): SearchPlan[] => [
  plan,
  ...beside.map(each => ({ ...plan, ...each }))
]

/** A search for what meets the conditions, and nothing beside it. */
export const bare = (type: string, where: Condition[], count: number): SearchPlan => ({
  ...{ type, where, count },
  ...{ sort: [], includes: [], total: 'none', used: [], ignored: [] }
})
