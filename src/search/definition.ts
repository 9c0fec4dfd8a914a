/** Search parameters as data: what a type can be searched by, and in which columns each source keeps it. */

export type ParamType = 'token' | 'string' | 'reference' | 'date' | 'uri' | 'special'

/** A parameter of a type, the same for all its sources. https://hl7.org/fhir/R4/search.html */
export interface SearchParam {
  name: string
  type: ParamType
  /** FHIRPath of the element, for the CapabilityStatement and the OpenAPI description. */
  expression: string
  /** For references: the types that it may lead to, in order; chains and includes follow these. */
  targets?: readonly string[]
  /** Canonical URL of the SearchParameter. */
  definition?: string
}

/**
 * Where a source keeps a parameter's values. `table` is the root table or a child of it; `key` is the column that holds
 * the root's id (`id` for the root table itself). Several places of one parameter are alternatives.
 */
export type Place = { table: string; key: string; where?: Readonly<Record<string, string | boolean>> } & (
  | {
      form: 'token'
      value: string
      system?: string
      fixedSystem?: string
      /** Codes by which the column's values are sought, where these are others. */
      codes?: Readonly<Record<string, string>>
      /** Columns of folded texts (display, text), for :text. */
      text?: readonly string[]
      /** Columns of the identifier's type, for :of-type. */
      ofType?: { system: string; code: string }
    }
  | { form: 'boolean'; value: string }
  /**
   * `folded` holds app.fold(text) collate "C"; `raw` the text as written, for :exact. `view` is a view of the table,
   * owned by the tables' owner and narrowed to the bound tenant, by which :contains reaches a trigram index: under
   * row-level security LIKE does not. `texts`: column that has all texts of the root, of any place in the table, in one row.
   */
  | { form: 'string'; folded: string; raw: string; view?: string; texts?: string }
  /** `sound` holds app.sound() of a word; with `whole` a text as written, in a table of a few rows. */
  | { form: 'sound'; sound: string; whole?: true }
  /** Degrees, as columns of type double precision. */
  | { form: 'position'; latitude: string; longitude: string }
  /**
   * Instants, both inclusive; a point has from = to, null = open on that side (both null: no value).
   * `date: true` = columns of type date (local, no zone), which cover their whole day. `days: true` = dateTimes: where
   * one was written as a date, its first or last moment in UTC lies there, and it is a day of the asker's clock.
   */
  | { form: 'date'; from: string; to: string; date?: boolean; days?: boolean }
  /**
   * `identifier`: columns of Reference.identifier, for :identifier. `alone`: what an id without a type may name as well.
   * `url`: column of what leads to another server. `rest`: the element in column `rest` where all else of the Reference lies
   * (a display alone), '' where each row of the table is a Reference, so that :missing knows of them.
   */
  | {
      form: 'reference'
      id: string
      type?: string
      fixedType?: string
      identifier?: { system: string; value: string }
      alone?: string
      url?: string
      rest?: string
    }
  | { form: 'uri'; value: string }
  /** All rows of the source have this uri (`_source` of the directory), or those that have anything in column `when`. */
  | { form: 'fixed-uri'; uri: string; when?: string }
)

export type PlaceForm = Place['form']
export type PlaceOf<F extends PlaceForm> = Extract<Place, { form: F }>

export type Places = Readonly<Record<string, readonly Place[]>>

/** Parameters that every type has. Table sources declare no places for them, views those that their resources show. */
export const COMMON_PARAMS: readonly SearchParam[] = [
  { name: '_id', type: 'token', expression: 'Resource.id' },
  { name: '_lastUpdated', type: 'date', expression: 'Resource.meta.lastUpdated' },
  { name: '_tag', type: 'token', expression: 'Resource.meta.tag' },
  { name: '_profile', type: 'uri', expression: 'Resource.meta.profile' },
  { name: '_security', type: 'token', expression: 'Resource.meta.security' },
  { name: '_source', type: 'uri', expression: 'Resource.meta.source' }
]
