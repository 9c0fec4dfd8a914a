/** Fictitious records of the national provider file, in the variety of the real ones. */
import { luhnDigit } from '../../domain/identifiers/check-digit.js'
import * as words from './made-up-words.js'

/** Column -> value; what is not named is empty. */
export type MadeUpRecord = Record<string, string>

/** Numbers begin with 2: those given out so far begin with 1. The same `count` and `seed` make the same records. */
export function* madeUpRecords(count: number, seed: number): Generator<MadeUpRecord> {
  for (let index = 0; index < count; index++) {
    const random = generator(seed * 7_919 + index)
    const npi = numberOf(index, seed)
    const chance = random.next()
    if (chance < 0.02) yield { NPI: npi, 'NPI Deactivation Date': random.date() }
    else if (chance < 0.22) yield organization(npi, random)
    else yield person(npi, random)
  }
}

/** A different one for each index below 10^8: the factor has no divisor in common with it. */
function numberOf(index: number, seed: number): string {
  const stem = `2${String((index * 48_271 + seed * 104_729 + 50_000_000) % 100_000_000).padStart(8, '0')}`
  return stem + luhnDigit(`80840${stem}`)
}

interface Random {
  /** From 0 up to 1. */
  next(): number
  one<T>(of: readonly T[]): T
  date(): string
  digits(count: number): string
}

/** Mulberry32: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c (public domain) */
function generator(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  const two = (n: number): string => String(n).padStart(2, '0')
  return {
    next,
    one: of => of[below(of.length)]!,
    date: () => `${two(1 + below(12))}/${two(1 + below(28))}/${2006 + below(18)}`,
    digits: count => Array.from({ length: count }, () => below(10)).join('')
  }
}

function person(npi: string, random: Random): MadeUpRecord {
  const sex = random.one(['F', 'M'])
  const [family, given] = [familyName(random), random.one(sex === 'F' ? words.WOMEN : words.MEN)]
  return {
    NPI: npi,
    'Entity Type Code': '1',
    'Provider Last Name (Legal Name)': family,
    'Provider First Name': random.next() < 0.03 ? `${given} ${random.one(words.WOMEN)}` : given,
    ...some(random, 0.7, { 'Provider Middle Name': random.one(words.MIDDLE) }),
    ...some(random, 0.2, { 'Provider Name Prefix Text': random.one(['DR.', 'MS.', 'MR.', 'MRS.', '--']) }),
    ...some(random, 0.04, { 'Provider Name Suffix Text': random.one(['JR.', 'SR.', 'II', 'III']) }),
    ...some(random, 0.85, { 'Provider Credential Text': random.one(words.CREDENTIALS) }),
    ...some(random, 0.15, {
      'Provider Other Last Name': familyName(random),
      'Provider Other First Name': given,
      'Provider Other Last Name Type Code': random.one(['1', '2', '5'])
    }),
    ...shared(random),
    ...taxonomies(random, words.PERSON_TAXONOMIES, 4),
    ...otherIdentifiers(random),
    [SEX]: random.next() < 0.01 ? random.one(['X', 'U']) : sex,
    'Is Sole Proprietor': random.one(['Y', 'N', 'X'])
  }
}

/** Version 1 calls it `Provider Gender Code`. */
const SEX = 'Provider Sex Code'

const familyName = (random: Random): string => {
  const name = random.one(words.FAMILY)
  return random.next() < 0.05 ? `${name}-${random.one(words.FAMILY)}` : name
}

function organization(npi: string, random: Random): MadeUpRecord {
  const name = `${random.one(words.SITES)} ${random.one(words.KINDS)}${random.one(['', '', ' LLC', ', INC.', ' PC'])}`
  const subpart = random.next() < 0.2
  return {
    NPI: npi,
    'Entity Type Code': '2',
    'Provider Organization Name (Legal Business Name)': name,
    'Employer Identification Number (EIN)': '<UNAVAIL>',
    ...some(random, 0.3, {
      'Provider Other Organization Name': `${random.one(words.SITES)} ${random.one(words.KINDS)}`,
      'Provider Other Organization Name Type Code': random.one(['3', '4', '5'])
    }),
    ...shared(random),
    'Authorized Official Last Name': random.one(words.FAMILY),
    'Authorized Official First Name': random.one(words.WOMEN),
    'Authorized Official Title or Position': random.one(['OWNER', 'CEO', 'ADMINISTRATOR']),
    'Authorized Official Telephone Number': `${random.digits(3)}555${random.digits(4)}`,
    ...taxonomies(random, words.ORGANIZATION_TAXONOMIES, 2),
    'Is Organization Subpart': subpart ? 'Y' : 'N',
    ...(subpart && { 'Parent Organization LBN': name })
  }
}

/** `values` in that part of the records. */
const some = (random: Random, part: number, values: MadeUpRecord): MadeUpRecord => (random.next() < part ? values : {})

function shared(random: Random): MadeUpRecord {
  const mailing = address(random, 'Mailing')
  const enumerated = random.date()
  return {
    ...mailing,
    ...address(random, 'Practice Location'),
    'Provider Enumeration Date': enumerated,
    'Last Update Date': random.date(),
    ...some(random, 0.01, {
      'NPI Deactivation Date': enumerated,
      'NPI Reactivation Date': enumerated.replace(/\d{4}$/, year => String(Number(year) + 1))
    })
  }
}

function address(random: Random, kind: 'Mailing' | 'Practice Location'): MadeUpRecord {
  const [city, state, zip] = random.one(words.PLACES)
  const prefix = `Provider Business ${kind} Address`
  const phone = (): string => `${random.digits(3)}555${random.digits(4)}`
  return {
    [`Provider First Line Business ${kind} Address`]: `${random.digits(3)} ${random.one(words.STREETS)}`,
    ...some(random, 0.3, { [`Provider Second Line Business ${kind} Address`]: `SUITE ${random.digits(3)}` }),
    [`${prefix} City Name`]: city,
    [`${prefix} State Name`]: state,
    [`${prefix} Postal Code`]: zip + random.one(['', random.digits(4)]),
    [`${prefix} Country Code (If outside U.S.)`]: 'US',
    ...some(random, 0.95, { [`${prefix} Telephone Number`]: phone() }),
    ...some(random, 0.5, { [`${prefix} Fax Number`]: phone() })
  }
}

function taxonomies(random: Random, codes: readonly string[], most: number): MadeUpRecord {
  const count = random.next() < 0.7 ? 1 : 1 + Math.floor(random.next() * most)
  const all = Array.from({ length: count }, (_, index): MadeUpRecord => {
    const n = index + 1
    return {
      [`Healthcare Provider Taxonomy Code_${n}`]: random.one(codes),
      [`Healthcare Provider Primary Taxonomy Switch_${n}`]: index === 0 ? 'Y' : 'N',
      ...some(random, 0.8, {
        [`Provider License Number_${n}`]: `${random.one(['A', 'MD', 'RN', ''])}${random.digits(6)}`,
        [`Provider License Number State Code_${n}`]: random.one(words.PLACES)[1]
      })
    }
  })
  return Object.assign({}, ...all) as MadeUpRecord
}

function otherIdentifiers(random: Random): MadeUpRecord {
  return some(random, 0.3, {
    'Other Provider Identifier_1': random.digits(9),
    'Other Provider Identifier Type Code_1': '05',
    'Other Provider Identifier State_1': random.one(words.PLACES)[1]
  })
}
