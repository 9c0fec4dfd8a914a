/** A parameter's value, read by the parameter's type. https://hl7.org/fhir/R4/search.html#ptypes */
import { fhirError, type FhirError } from '../fhir/errors.js'
import { isId } from '../fhir/id.js'
import { parseReference } from '../fhir/reference.js'
import { parseDate, type Clock } from './dates.js'
import type { SearchParam } from './definition.js'
import { NEAR_FORM, parseNear } from './near.js'
import type { Modifier, TokenValue, Value } from './plan.js'
import { splitEscaped, unescape } from './query-string.js'

/** A parameter as it was written: `written` is its full name, for messages. */
export interface Asked {
  written: string
  param: SearchParam
  modifier?: Modifier
  /** `:Type` of a reference. */
  targetType?: string
  /** True when all its columns are booleans. */
  boolean: boolean
}

export interface ValueOptions {
  /** FHIR base of this server, without a slash at the end. */
  base: string
  clock: Clock
}

/** One of the OR values, escapes still in it. Throws 400 `value` naming the parameter. */
export function parseValue(asked: Asked, text: string, options: ValueOptions): Value {
  switch (asked.param.type) {
    case 'token':
      return parseToken(asked, text)
    case 'reference':
      return asked.modifier === 'identifier' ? parseToken(asked, text) : reference(asked, unescape(text), options.base)
    case 'date':
      return parseDate(unescape(text), options.clock) ?? refuse(asked, text, DATE_FORM)
    case 'special':
      return parseNear(unescape(text)) ?? refuse(asked, text, NEAR_FORM)
    case 'uri':
      return { form: 'uri', uri: unescape(text) }
    case 'string':
      return { form: 'string', text: string(asked, unescape(text)) }
  }
}

/** An accent is the same however it is encoded: rows are compared in this form too. */
const string = (asked: Asked, text: string): string =>
  (asked.modifier === 'exact' ? text : comparable(asked, text)).normalize('NFC')

/** Compared without accents, nothing but accents would be the beginning of each text. */
const ACCENTS_ALONE = /^[\s\u0300-\u036f]*$/

function comparable(asked: Asked, text: string): string {
  if (ACCENTS_ALONE.test(text.normalize('NFD'))) refuse(asked, text, 'more than accents')
  return text.trim()
}

const DATE_FORM = 'a date that exists, such as 2026, 2026-03, 2026-03-09 or ge2026-03-09T14:00:00Z'

function parseToken(asked: Asked, text: string): TokenValue {
  if (asked.modifier === 'text') return { form: 'token', text: comparable(asked, unescape(text)) }
  if (asked.modifier === 'of-type') return ofType(asked, text)
  const [first, second] = splitEscaped(text, '|', 2).map(unescape) as [string, string | undefined]
  const value: TokenValue =
    second === undefined
      ? { form: 'token', code: first }
      : { form: 'token', system: first === '' ? null : first, ...(second !== '' && { code: second }) }
  if (value.system === null && value.code === undefined) refuse(asked, text, 'code, system|code, |code or system|')
  if (asked.boolean && value.code !== 'true' && value.code !== 'false') refuse(asked, text, 'true or false')
  return value
}

function ofType(asked: Asked, text: string): TokenValue {
  const [system, type, code] = splitEscaped(text, '|', 3).map(unescape)
  if (!system || !type || !code) refuse(asked, text, 'type system|type code|value')
  return { form: 'token', code: code, type: { system: system, code: type } }
}

function reference(asked: Asked, text: string, base: string): Value {
  const { param, modifier, targetType } = asked
  const targets = param.targets ?? []
  if (isId(text)) {
    const type = targetType ?? (targets.length === 1 ? targets[0] : undefined)
    return { form: 'reference', ...(type && { type }), id: text, bare: true }
  }
  const literal = parseReference(text, base)
  if (!literal && !modifier && ABSOLUTE.test(text)) return { form: 'foreign', url: text }
  if (!literal) refuse(asked, text, 'id, Type/id or an absolute URL')
  const { type, id } = literal
  const allowed = targetType ? [targetType] : targets
  if (!allowed.includes(type)) refuse(asked, text, `a reference to ${allowed.join(', ')}`)
  return { form: 'reference', type, id }
}

/** As migrations/0025-foreign-references.ts knows them. */
const ABSOLUTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|urn:)\S+$/i

function refuse(asked: Asked, text: string, right: string): never {
  throw badValue(asked.written, text, right)
}

/** 400 `value`: what was given and what would be right. */
export function badValue(written: string, text: string, right: string): FhirError {
  return fhirError('value', `"${text}" is not a value for ${written}; give ${right}`, { expression: written })
}
