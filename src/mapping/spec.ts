/** The declarative shape of a mapping: which element of a resource lies in which column of which table. */
import type { Kind } from './kinds.js'

/**
 * A step down from an object: a property, or the one extension with that URL (its value property is the next step).
 * With `all` it is every extension with that URL, and the value is the array of theirs; only the value property follows.
 * A list whose last step is an extension takes all extensions with that URL.
 */
export type Step = string | { extension: string; all?: true }
export type Path = readonly Step[]

/** One element that lies in columns: `column` is the base name, the kind adds suffixes (`_type`, `_id` ...). */
export interface Field {
  path: Path
  column: string
  kind: Kind
  /** The columns lie in a joined table (see TableSpec.joined), by its name. */
  from?: string
  /** A reference that may outlive what it leads to: it does not keep that from being deleted. */
  loose?: true
}

/** A repeating element that lies in a child table: one row an item, in `position` order, with a `rest` of its own. */
export interface ListSpec {
  path: Path
  table: string
  /** Column of the child table that holds the root's id. */
  key: string
  fields: readonly Field[]
  /**
   * `concepts`: items are CodeableConcepts and a row is one coding (columns concept, system, code, display, text).
   * `texts`: items are strings (column value).
   */
  shape: 'items' | 'concepts' | 'texts'
}

/** A table joined one to one to the root (the membership of a role). */
export interface JoinedSpec {
  table: string
  /** Column of the root that holds the joined row's key. Columns are absent for roots where it is null. */
  by: string
  /** Key column of the joined table, beside tenant_id. */
  key: string
}

export interface TableSpec {
  table: string
  fields: readonly Field[]
  lists: readonly ListSpec[]
  joined: readonly JoinedSpec[]
}

export type Row = Record<string, unknown>

/** What a resource is in rows. `lists` is keyed by table, `joined` by table. */
export interface Rows {
  root: Row
  joined: Record<string, Row | null>
  lists: Record<string, Row[]>
}

export interface FieldOptions {
  from?: string
  loose?: true
}

/** `field('gender', code, 'gender')`; the path is dotted or a Path. */
export const field = (path: string | Path, kind: Kind, column: string, options: FieldOptions = {}): Field => ({
  path: typeof path === 'string' ? path.split('.') : path,
  kind,
  column,
  ...options
})

/** Path to the value of an extension: `extension(URL, 'valueCode')`; nested ones by more pairs. */
export const extension = (...steps: string[]): Path =>
  steps.map((step, index) => (index === steps.length - 1 ? step : { extension: step }))

/** Path to the values of all extensions with a URL, as one array. */
export const extensions = (url: string, value: string): Path => [{ extension: url, all: true }, value]

export const list = (path: string | Path, table: string, key: string, fields: readonly Field[]): ListSpec => ({
  path: typeof path === 'string' ? path.split('.') : path,
  table,
  key,
  fields,
  shape: 'items'
})

export const concepts = (path: string, table: string, key: string): ListSpec => ({
  path: path.split('.'),
  table,
  key,
  fields: [],
  shape: 'concepts'
})

/** A repeating string. */
export const strings = (path: string, table: string, key: string): ListSpec => ({
  path: path.split('.'),
  table,
  key,
  fields: [],
  shape: 'texts'
})
