/** Constraints written as functions, found by key and expression: another expression under the same key is another rule. */
import type { Context } from '../context.js'
import { BUNDLE } from './bundle.js'
import { DATATYPES } from './datatypes.js'
import { DIRECTORY } from './directory.js'
import { PROFILES } from './profiles.js'

/** True when the constraint holds for the value; values of a wrong form are for other rules to report. */
export type Holds = (node: never, ctx: Context) => boolean

export interface NativeInvariant {
  key: string
  /** As published. */
  expression: string
  holds: Holds
  /** Child at fault, when there is one. */
  at?: string
}

export const nativeKey = (key: string, expression: string): string => `${key} ${expression}`

export const NATIVE: ReadonlyMap<string, NativeInvariant> = new Map(
  [...DATATYPES, ...DIRECTORY, ...BUNDLE, ...PROFILES].map(rule => [nativeKey(rule.key, rule.expression), rule])
)
