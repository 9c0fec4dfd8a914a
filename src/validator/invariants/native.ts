/** Constraints written as functions, found by key and expression: another expression under the same key is another rule. */
import { BUNDLE } from './bundle.js'
import { DATATYPES } from './datatypes.js'
import { DIRECTORY } from './directory.js'
import { PROFILES } from './profiles.js'
import type { NativeInvariant } from './rule.js'

export const nativeKey = (key: string, expression: string): string => `${key} ${expression}`

export const NATIVE: ReadonlyMap<string, NativeInvariant> = new Map(
  [...DATATYPES, ...DIRECTORY, ...BUNDLE, ...PROFILES].map(rule => [nativeKey(rule.key, rule.expression), rule])
)
