/** E-mail addresses and phone numbers in the one form under which they are unique over all tenants. */
import { isSupportedCountry, ParseError, parsePhoneNumberWithError } from 'libphonenumber-js'
import { refuse, type Normalised } from './verdict.js'

const REASONS: Readonly<Record<string, string>> = {
  NOT_A_NUMBER: 'Phone number has no digits that form a number',
  INVALID_COUNTRY: 'Phone number needs its country code, such as +61 2 9374 4000',
  TOO_SHORT: 'Phone number is too short',
  TOO_LONG: 'Phone number is too long'
}
const IMPOSSIBLE = 'Phone number does not have a length that its country uses'

/**
 * A phone number as E.164 (`+61293744000`). National forms are read with the rules of `country` (ISO 3166-1 alpha-2);
 * an extension is dropped. Possible numbers pass: whether one is in use, only a call can tell.
 */
export function normalisePhone(text: string, country?: string): Normalised {
  const code = country?.toUpperCase()
  try {
    const number = parsePhoneNumberWithError(text.trim().replace(/^tel:/i, ''), {
      extract: false,
      ...(code && isSupportedCountry(code) ? { defaultCountry: code } : {})
    })
    return number.isPossible() ? { ok: true, value: number.number } : refuse(IMPOSSIBLE)
  } catch (error) {
    if (error instanceof ParseError) return refuse(REASONS[error.message] ?? IMPOSSIBLE)
    throw error
  }
}

/** One mailbox: no display name, comment, quotes or address list; a domain of two labels or more. Lengths: RFC 5321. */
const EMAIL =
  /^[^\s@<>()[\]\\,;:"\p{Cc}]{1,64}@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u

/** An e-mail address, trimmed and in lower case. */
export function normaliseEmail(text: string): Normalised {
  const value = text.trim().normalize('NFC').toLowerCase()
  const plain = value.length <= 254 && EMAIL.test(value) && !/^\.|\.\.|\.@/.test(value)
  return plain ? { ok: true, value } : refuse('E-mail must be one address such as maria.garcia@clinic.example')
}
