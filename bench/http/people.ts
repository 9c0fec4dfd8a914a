/** Who is in the database of the bench: the n-th practitioner, by the same rules in TypeScript and in SQL. */
import { luhnDigit } from '../../src/domain/identifiers/check-digit.js'

/** Practitioners of the tenant, records of the directory that no tenant has, and those that the creates take. */
export const RANGES = { own: 10_000_000, directory: 30_000_000, fresh: 50_000_000, floor: 70_000_000 } as const

/** People for the creates, in databases of every size. */
export const FRESH = 100_000

const SYLLABLES = [
  'ba',
  'cor',
  'del',
  'fin',
  'gal',
  'hum',
  'jor',
  'kel',
  'lin',
  'mor',
  'nev',
  'os',
  'pra',
  'quil',
  'ros'
].concat(['sten', 'tur', 'ul', 'vand', 'wes'])

export const npiOf = (stem: number): string => {
  const digits = `2${String(stem).padStart(8, '0')}`
  return digits + luhnDigit(`80840${digits}`)
}
const syllable = (n: number): string => SYLLABLES[n % 20]!
/** 8,000 families, each with as many people as any other; their order is that of a shuffle. */
export const familyOf = (n: number): string =>
  capital(syllable(n * 7) + syllable(Math.floor(n / 20)) + syllable(Math.floor(n / 400)))
export const givenOf = (n: number): string =>
  capital(syllable(n * 3 + Math.floor(n / 8000)) + syllable(Math.floor(n / 60)))
const capital = (text: string): string => text[0]!.toUpperCase() + text.slice(1)

/** The functions above, and others, as functions of schema bench. */
export const SQL = `
  create schema bench;
  create function bench.syllable(n float8) returns text immutable parallel safe language sql as
    $$ select (array['${SYLLABLES.join("', '")}'])[(trunc(n)::bigint % 20) + 1] $$;
  create function bench.family(n bigint) returns text immutable parallel safe language sql as
    $$ select initcap(bench.syllable(n * 7) || bench.syllable(n / 20) || bench.syllable(n / 400)) $$;
  create function bench.given(n bigint) returns text immutable parallel safe language sql as
    $$ select initcap(bench.syllable(n * 3 + n / 8000) || bench.syllable(n / 60)) $$;
  create function bench.npi(stem bigint) returns text immutable parallel safe language sql as $$
    select '2' || lpad(stem::text, 8, '0') || (10 - (24 + 4 + sum(case when place % 2 = 1 then digit
      else digit * 2 / 10 + digit * 2 % 10 end)) % 10) % 10
    from (select place, substr(lpad(stem::text, 8, '0'), place, 1)::int as digit from generate_series(1, 8) place) digits $$;`
