/** The primitive types: JSON form, lexical form, range. https://hl7.org/fhir/R4/datatypes.html#primitive */
import { structural, type Fault } from './issue.js'
import { isCalendarDate } from './calendar.js'
import { narrativeFault } from './narrative.js'

/** The fault of a value, or undefined when it is a value of the type. `shown` is the value as it may be quoted. */
export type Primitive = (value: unknown) => Fault | undefined

const DATE = /^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?$/
const TIME = '([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?'
const ZONE = '(Z|[+-]((0\\d|1[0-3]):[0-5]\\d|14:00))'
const DATE_TIME = new RegExp(`^(\\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\\d|3[01])(?:T${TIME}${ZONE})?)?)?$`)
const INSTANT = new RegExp(`^(\\d{4})-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T${TIME}${ZONE}$`)
const TIME_OF_DAY = new RegExp(`^${TIME}$`)
/** \s of the published patterns is ASCII only. */
const CODE = /^[^ \t\r\n\f\v]+([ \t\r\n\f\v][^ \t\r\n\f\v]+)*$/
const ID = /^[A-Za-z0-9\-.]{1,64}$/
const NO_BLANK = /^\S+$/
const NOT_INKED = /[^!-~]/
/** Characters of ASCII from ! to ~ only: nearly all strings but texts. For short ones a loop is faster than a pattern. */
function isInked(value: string): boolean {
  if (value.length > 10) return !NOT_INKED.test(value)
  for (let i = 0; i < value.length; i++) {
    const char = value.charCodeAt(i)
    if (char < 33 || char > 126) return false
  }
  return value.length > 0
}
const OID = /^urn:oid:[0-2](\.(0|[1-9]\d*))+$/
const VERSIONED_OID = /^urn:oid:[0-2](\.(0|[1-9]\d*))+(\|.*|#.*)?$/
const UUID = /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)$/
/** Something that is not white space, and no control character but tab, line feed and carriage return. */
const HAS_TEXT = /\S/
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/
/** Half of a surrogate pair, which is no character. */
const HALF = /\p{Cs}/u
const LONGEST_STRING = 1_048_576

const bad = (text: string): Fault => structural('value', 'value', text)
const WRONG_FORM = {
  string: structural('type', 'structure', 'A JSON string is needed here.'),
  number: structural('type', 'structure', 'A JSON number is needed here, without quotes.'),
  boolean: structural('type', 'structure', 'true or false is needed here, without quotes.')
}
const EMPTY = bad('The text is empty. Leave the element out, or give it a value.')
const BLANK = bad('The text has nothing but blanks. Leave the element out, or give it a value.')
const CONTROL_CHARACTER = bad('The text has a control character. Only tab, line feed and carriage return are allowed.')
const HALF_A_PAIR = bad('The text has half of a surrogate pair (\\ud800 to \\udfff alone), which is no character.')
const TOO_LONG: Fault = { ...bad('The text is longer than 1,048,576 characters.'), code: 'too-long' }

function text(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return WRONG_FORM.string
  if (value.length < 64 && isInked(value)) return undefined
  if (value.length === 0) return EMPTY
  if (!HAS_TEXT.test(value)) return BLANK
  if (CONTROL.test(value)) return CONTROL_CHARACTER
  if (HALF.test(value)) return HALF_A_PAIR
  return value.length > LONGEST_STRING ? TOO_LONG : undefined
}

/** A string type with a lexical form, and further conditions. */
function form(pattern: RegExp, wrong: Fault, more?: (value: string) => Fault | undefined): Primitive {
  return value => {
    if (typeof value !== 'string') return WRONG_FORM.string
    if (value.length === 0) return EMPTY
    return pattern.test(value) ? more?.(value) : wrong
  }
}

const NO_SUCH_DAY = bad('There is no such day in the calendar.')
const NO_SUCH_YEAR = bad('There is no year 0000.')

function calendar(value: string): Fault | undefined {
  if (value.startsWith('0000')) return NO_SUCH_YEAR
  if (value.length < 10 || isCalendarDate(value)) return undefined
  return NO_SUCH_DAY
}

const BAD_OID = bad('This is not an OID. Write urn:oid: and then numbers with dots, such as urn:oid:2.16.840.1.113883.')
const BAD_UUID = bad('This is not a UUID. Write urn:uuid: and then 8-4-4-4-12 hexadecimal digits in lower case.')

function uriScheme(value: string): Fault | undefined {
  if (value.charCodeAt(0) !== 117) return undefined
  if (value.startsWith('urn:oid:') && !VERSIONED_OID.test(value)) return BAD_OID
  return value.startsWith('urn:uuid:') && !UUID.test(value.toLowerCase()) ? BAD_UUID : undefined
}

const uriForm = form(NO_BLANK, bad('A URI has no blanks.'), uriScheme)
const uri: Primitive = value =>
  typeof value === 'string' && value.charCodeAt(0) !== 117 && isInked(value) ? undefined : uriForm(value)
const codeForm = form(CODE, bad('A code neither starts nor ends with a blank, and has single blanks inside.'))

function integer(least: number, wrong: Fault): Primitive {
  return value => {
    if (typeof value !== 'number') return WRONG_FORM.number
    return Number.isInteger(value) && value >= least && value <= 2_147_483_647 ? undefined : wrong
  }
}

/** JSON.parse gives Infinity for what is beyond its numbers, and that cannot be written again. */
function decimal(value: unknown): Fault | undefined {
  if (typeof value !== 'number') return WRONG_FORM.number
  return Number.isFinite(value) ? undefined : TOO_LARGE
}
const TOO_LARGE = bad('The number is too large: at most 1.7976931348623157e308 can be held.')

/** Blanks are allowed between groups of four characters, as the type's pattern has it. */
function base64(value: unknown): Fault | undefined {
  if (typeof value !== 'string') return WRONG_FORM.string
  if (value.length === 0) return EMPTY
  return BASE64.test(/\s/.test(value) ? value.replace(/\s+/g, '') : value) ? undefined : BAD_BASE64
}
const BAD_BASE64 = bad('This is not base64: groups of four of A-Z a-z 0-9 + /, the last filled up with =.')

export const PRIMITIVES: Readonly<Record<string, Primitive>> = {
  string: text,
  markdown: text,
  boolean: value => (typeof value === 'boolean' ? undefined : WRONG_FORM.boolean),
  integer: integer(-2_147_483_648, bad('A whole number of 32 bits is needed.')),
  unsignedInt: integer(0, bad('A whole number from 0 to 2147483647 is needed.')),
  positiveInt: integer(1, bad('A whole number from 1 to 2147483647 is needed.')),
  decimal,
  code: value => (typeof value === 'string' && isInked(value) ? undefined : codeForm(value)),
  id: form(ID, bad('An id is 1 to 64 characters of A-Z a-z 0-9 - and the dot.')),
  uri,
  url: uri,
  canonical: uri,
  oid: form(OID, BAD_OID),
  uuid: form(UUID, BAD_UUID),
  base64Binary: base64,
  date: form(DATE, bad('A date is YYYY, YYYY-MM or YYYY-MM-DD.'), calendar),
  dateTime: form(
    DATE_TIME,
    bad('A dateTime is YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone such as Z or +10:00.'),
    calendar
  ),
  instant: form(INSTANT, bad('An instant is YYYY-MM-DDThh:mm:ss with a time zone such as Z or +10:00.'), calendar),
  time: form(TIME_OF_DAY, bad('A time is hh:mm:ss, from 00:00:00 to 23:59:59, without a time zone.')),
  xhtml: value => (typeof value === 'string' ? narrativeFault(value) : WRONG_FORM.string),
  /** Element.id: any string without blanks. */
  elementId: form(NO_BLANK, bad('An element id has no blanks.'))
}

/** Types whose value may point at a contained resource with `#id`. */
export const MAY_POINT_INSIDE = new Set(['uri', 'url', 'canonical'])
