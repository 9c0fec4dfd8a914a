/** What names a person in the documents of a Practitioner or of a role: to be found in texts, and taken out of them (P16). */
import type { Address, ContactPoint, HumanName, Identifier, Practitioner, PractitionerRole } from 'fhir/r4.js'
import { readJson, writeJson } from '../fhir/digits.js'
import { SYSTEM, type Resource } from '../fhir/types.js'
import type { FactRequest } from '../store/ports.js'

/** Shorter ones would be found in texts that mean somebody else. */
const SHORTEST = 5
/** A family name alone is many people's: with one of these before it it is meant for one. */
const TITLES = ['Dr', 'Dr.', 'Doctor', 'Prof.', 'Professor', 'Mr', 'Mr.', 'Mrs', 'Mrs.', 'Ms', 'Ms.', 'Miss']

type Part = Pick<Practitioner, 'name' | 'telecom' | 'address' | 'identifier' | 'qualification'> &
  Pick<PractitionerRole, 'practitioner'>

/** The versions of a resource, as {@link tracesOf} takes them. */
export const versionsOf = (type: string, id: string): FactRequest[] => [
  { kind: 'rows', table: 'resource_history', where: { type, id } }
]

/** Of the resource as it stands and as it was. Each text once. */
export function tracesOf(current: Resource, versions: unknown): string[] {
  const documents = (versions as { document: string | null }[]).map(({ document }) => document)
  const found = [writeJson(current), ...documents].flatMap(each => (each ? tracesIn(readJson(each) as Part) : []))
  return [...new Set(found.map(text => text.trim()))].filter(text => text.length >= SHORTEST)
}

const tracesIn = ({ name, telecom, address, identifier, qualification, practitioner }: Part): string[] => [
  ...(practitioner?.display?.includes(' ') ? [practitioner.display] : []),
  ...(name ?? []).flatMap(namesIn),
  ...(telecom ?? []).flatMap(({ value }: ContactPoint) => value ?? []).filter(isDistinct),
  // A work address is the clinic's.
  ...(address ?? []).flatMap(({ use, text = '', line = [] }: Address) =>
    use === 'work' ? [] : [text, ...line].filter(isDistinct)
  ),
  ...numbers(identifier),
  ...(qualification ?? []).flatMap(each => numbers(each.identifier))
]

function namesIn({ text, family, given = [] }: HumanName): string[] {
  if (!family) return text?.includes(' ') ? [text] : []
  const whole =
    given.length > 0 ? [`${given.join(' ')} ${family}`, `${given[0]} ${family}`, `${family}, ${given.join(' ')}`] : []
  return [...(text?.includes(' ') ? [text] : []), ...whole, ...TITLES.map(title => `${title} ${family}`)]
}

const numbers = (identifiers: readonly Identifier[] = []): string[] =>
  identifiers.flatMap(({ system, value }) => (value && system !== SYSTEM.userId ? value : [])).filter(isDistinct)

/** A mere word stands in texts that mean something else. */
const isDistinct = (text: string): boolean => /[\d@]/.test(text)
