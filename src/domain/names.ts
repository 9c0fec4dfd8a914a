/** Names as people mean them: folding for search and for the comparison with the national provider directory. */
import { ACCEPTED, refuse, type Verdict } from './verdict.js'

/** Letters that no decomposition takes apart, and the apostrophes that are typed for one another. */
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  þ: 'th',
  ĳ: 'ij',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ł: 'l',
  ħ: 'h',
  ı: 'i',
  ŧ: 't',
  ς: 'σ',
  ʼ: "'",
  '’': "'"
}
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')

/**
 * The form in which names are compared. In this order, which the SQL twin `app.fold` keeps: Unicode NFD; strip
 * U+0300 to U+036F; lower case; replace the letters of the table above; runs of white space (also U+00A0) become one
 * blank; trim.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(LETTER, letter => LETTERS[letter] ?? letter)
    .replace(/\s+/g, ' ')
    .trim()
}

export interface PersonName {
  family?: string
  given?: readonly string[]
  suffix?: readonly string[]
}

/** exact = family, all given names and suffix as on file; folded = see {@link matchName}; off = any name. */
export type NameMode = 'exact' | 'folded' | 'off'

/**
 * Whether a name is that of the directory's record. `folded` compares folded: family equal, and the directory's first
 * given name is the given names or some whole words of them. The reason names what is on file.
 */
export function matchName(name: PersonName, directory: PersonName, mode: NameMode): Verdict {
  const same = mode === 'off' || (mode === 'exact' ? display(name) === display(directory) : alike(name, directory))
  return same ? ACCEPTED : refuse(`The directory has "${display(directory)}" on file, not "${display(name)}"`)
}

function alike(name: PersonName, directory: PersonName): boolean {
  const family = fold(directory.family ?? '')
  const first = fold(directory.given?.[0] ?? '')
  const given = fold((name.given ?? []).join(' '))
  return family !== '' && family === fold(name.family ?? '') && first !== '' && ` ${given} `.includes(` ${first} `)
}

/** Family, given names and suffix, apart by commas, so that no word can pass from one part to another. */
const display = (name: PersonName): string =>
  [name.family ?? '', (name.given ?? []).join(' '), (name.suffix ?? []).join(' ')]
    .filter(part => part !== '')
    .join(', ')

/** The parts of a name that is shown; FHIR's HumanName has them. */
export interface ShownName extends PersonName {
  use?: string
  text?: string
  prefix?: readonly string[]
}

/** The name that counts as official: `use` official, else the first. */
export const officialName = <T extends ShownName>(names: readonly T[] = []): T | undefined =>
  names.find(name => name.use === 'official') ?? names[0]

/** A name as one line: its text, else prefix, given, family, suffix. */
export const displayName = (name: ShownName): string =>
  name.text ??
  [...(name.prefix ?? []), ...(name.given ?? []), name.family, ...(name.suffix ?? [])].filter(Boolean).join(' ')
