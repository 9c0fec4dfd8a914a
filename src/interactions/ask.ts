/** What a client asks to be written, and what that amounts to. */
import type { Resource } from '../fhir/types.js'
import type { CurrentFact } from '../store/ports.js'
import type { Precondition } from './current.js'
import type { JsonPatch } from './json-patch.js'

export interface Ask extends Precondition {
  interaction: 'create' | 'update' | 'patch' | 'delete'
  type: string
  /** Of what is new, when `query` matches nothing, or there is none. */
  id: string
  resource?: Resource
  patch?: JsonPatch
  /** Criteria of a conditional request. */
  query?: string
  /** Where the resource lies in a Bundle: `Bundle.entry[2].resource`. */
  at?: string
  /** The operation that asks for it: what stands is written again, as the rules for it say. */
  means?: string
  /** By which other entries of the Bundle refer to it. */
  fullUrl?: string
}

/** A write that names its resource and says all that shall stand in it. */
export interface Intent extends Precondition {
  interaction: 'create' | 'update' | 'delete'
  type: string
  id: string
  resource?: Resource
  /** What stands now, when that was looked up already. */
  found?: CurrentFact
  means?: string
  at?: string
}
