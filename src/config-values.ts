/** How settings are read from text: undefined for what is not allowed. */
import { isKeyUrl, type TrustedIssuer } from './auth/index.js'

const UNITS = { b: 1, kb: 1024, mb: 1024 ** 2 } as const

export const whole = (low: number, high: number) => (text: string) =>
  /^\d{1,10}$/.test(text) && Number(text) >= low && Number(text) <= high ? Number(text) : undefined

export function size(text: string): number | undefined {
  const match = /^(\d{1,9})(b|kb|mb)?$/i.exec(text)
  const bytes = match ? Number(match[1]) * UNITS[(match[2]?.toLowerCase() ?? 'b') as keyof typeof UNITS] : 0
  return bytes >= 1024 && bytes <= 100 * UNITS.mb ? bytes : undefined
}

export const names = (text: string): readonly string[] =>
  text
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '')

export const origins = (text: string) => {
  const given = names(text).map(each => (each === '*' ? each : originOf(each)))
  return given.every(each => each !== undefined) ? given : undefined
}

const originOf = (text: string) =>
  URL.canParse(text) && [text, text.replace(/\/$/, '')].includes(new URL(text).origin)
    ? new URL(text).origin
    : undefined

/** An absolute URL without user, query, fragment and slash at the end. */
export const webUrl = (text: string) =>
  /^https?:\/\/[^?#@]+$/.test(text) && URL.canParse(text) ? text.replace(/\/+$/, '') : undefined

export const postgresUrl = (text: string) =>
  /^postgres(ql)?:\/\/./.test(text) && URL.canParse(text) ? text : undefined

/** Seconds that the clock of a trusted issuer may differ, unless told. */
const SKEW = 30
const CLAIMS: Readonly<Record<string, string>> = { username: 'preferred_username', email: 'email' }

export function issuers(text: string): readonly TrustedIssuer[] | undefined {
  try {
    const list = JSON.parse(text) as unknown
    const read = Array.isArray(list) ? list.map(issuerOf) : [undefined]
    return read.every(each => each !== undefined) ? read : undefined
  } catch {
    return undefined
  }
}

function issuerOf(given: Record<string, unknown> | null): TrustedIssuer | undefined {
  const { issuer, jwks, audience, subject = 'username', skew = SKEW } = given ?? {}
  const claim = given?.claim ?? CLAIMS[String(subject)] ?? 'sub'
  const named = [issuer, jwks, audience, subject, claim].every(each => typeof each === 'string' && each !== '')
  if (
    !named ||
    !isKeyUrl(jwks as string) ||
    !/^(username|email|client|facility:[A-Za-z0-9.-]+)$/.test(subject as string)
  )
    return undefined
  if (!Number.isInteger(skew) || (skew as number) < 0 || (skew as number) > 300) return undefined
  return { issuer, jwks, audience, subject, claim, skew } as TrustedIssuer
}
