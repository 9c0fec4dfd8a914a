/** Code systems whose codes follow a rule instead of a list. https://hl7.org/fhir/R4/terminologies-systems.html */
import type { Codes } from './code-system.js'

/** Type and subtype; parameters are not looked at. The three words are FHIR's own short forms. */
const MIME_TYPE = /^(?:[A-Za-z0-9][\w!#$&^.+-]*\/[A-Za-z0-9][\w!#$&^.+-]*(?:\s*;.*)?|xml|json|ttl)$/
/** BCP 47: language (none with more than three letters is registered), extended languages, script, region, variants, extensions, private use. */
const LANGUAGE =
  /^[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-(?:[A-Za-z0-9]{5,8}|\d[A-Za-z0-9]{3}))*(?:-[0-9A-WY-Za-wy-z](?:-[A-Za-z0-9]{2,8})+)*(?:-[xX](?:-[A-Za-z0-9]{1,8})+)?$/

const byRule = (rule: (code: string) => boolean): Codes => ({ known: new Set(), open: false, rule })

const languages = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' })

/** The same rule, which remembers its first answers. */
function remembered(rule: (code: string) => boolean): (code: string) => boolean {
  const decided = new Map<string, boolean>()
  return code => {
    const known = decided.get(code)
    if (known !== undefined) return known
    const answer = rule(code)
    if (decided.size < 1000) decided.set(code, answer)
    return answer
  }
}

/** A well-formed tag of a language (and a region, if one is given) that exists. */
const isLanguage = remembered(code => LANGUAGE.test(code) && languageExists(code))

function languageExists(code: string): boolean {
  const [language, ...rest] = code.split('-')
  if (language!.length > 2) return true // thousands, and no list of them here
  const region = rest.find(part => /^[A-Za-z]{2}$/.test(part))
  return languages.of(language!) !== undefined && (!region || regions.of(region) !== undefined)
}

/** Active and historic ISO 4217 codes as the runtime knows them, and the ones for precious metals and tests. */
const CURRENCIES = new Set([...Intl.supportedValuesOf('currency'), 'XXX', 'XTS', 'XAG', 'XAU', 'XPD', 'XPT', 'XDR'])

/** Zones of the IANA database that the runtime knows; offsets such as +01:00 are none of its names. */
const isZone = remembered(code => ZONE.test(code) && zoneExists(code))
const ZONE = /^(?:[A-Z][\w+-]*)(?:\/[A-Z][\w+-]*){0,2}$/

function zoneExists(code: string): boolean {
  try {
    Intl.DateTimeFormat('en', { timeZone: code })
    return true
  } catch {
    return false
  }
}

export const SYSTEMS_BY_RULE: ReadonlyMap<string, Codes> = new Map([
  ['urn:ietf:bcp:13', byRule(code => MIME_TYPE.test(code))],
  ['urn:ietf:bcp:47', byRule(isLanguage)],
  ['https://www.iana.org/time-zones', byRule(isZone)],
  ['urn:iso:std:iso:4217', { known: CURRENCIES, open: false }]
])
