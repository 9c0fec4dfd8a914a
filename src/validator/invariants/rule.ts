/** What a constraint is. https://hl7.org/fhir/R4/conformance-rules.html#constraints */
import type { Context } from '../context.js'

/**
 * Where the value stands: `resource` is the one whose element it is (%resource), `rootResource` the same, or the
 * container of a contained one.
 */
export type Surroundings = Context

/** True when the constraint holds for the value; values of a wrong form are for other rules to report. */
export type Holds = (node: never, around: Surroundings) => boolean

export interface NativeInvariant {
  key: string
  /** As published. */
  expression: string
  holds: Holds
  /** Child at fault, when there is one. */
  at?: string
}

export interface Invariant {
  key: string
  severity: 'error' | 'warning'
  human: string
  expression: string
  holds: Holds
  /** Child that is at fault when the constraint is about one child only. */
  at?: string
  profile?: string
  slice?: string
}
