/** A search the simple way: every resource of the made-up types is looked at, in memory, against the same plan. */
import type { Condition, DateValue, Modifier, SearchPlan, SortKey, TokenValue, Value } from '../../src/search/plan.js'
import type { Person, Registered, Team, World } from './search-tables.js'

type Resource = Person | Registered | Team
export interface Universe extends World {
  register: readonly Registered[]
}

const isRegistered = (resource: Resource): resource is Registered => 'number' in resource
const everything = ({ people, teams, register }: Universe): Resource[] => [
  ...people.filter(({ deleted }) => !deleted),
  ...teams.filter(({ deleted }) => !deleted),
  ...register
]

/** Ids of all matches, in the order of the plan. */
export function search(universe: Universe, plan: SearchPlan): string[] {
  const searched = everything(universe).filter(each => each.type === plan.type && takesPart(universe, plan, each))
  const found = searched.filter(each => plan.where.every(condition => meets(universe, each, condition)))
  return found.sort((a, b) => compare(plan.sort, a, b)).map(({ id }) => id)
}

/** The register answers only to a number, to its name, or to an id; a person of the tenant stands before it. */
function takesPart({ people }: Universe, { where }: SearchPlan, resource: Resource): boolean {
  if (!isRegistered(resource)) return true
  const plain = where.flatMap(each => (each.kind === 'param' && !each.modifier ? [each] : []))
  const asked = (name: string, test: (value: Value) => boolean): boolean =>
    plain.some(({ param, values }) => param.name === name && values.some(test))
  const numbered = asked(
    'code',
    value => value.form === 'token' && value.system === 'urn:number' && value.code !== undefined
  )
  if (!numbered && !asked('_source', () => true))
    return asked('_id', value => (value as TokenValue).code?.startsWith('x-') === true)
  const same = (person: Person): boolean =>
    person.codes.some(({ system, code }) => system === 'urn:number' && code === resource.number)
  return !people.some(person => !person.deleted && same(person))
}

function meets(universe: Universe, resource: Resource, condition: Condition): boolean {
  switch (condition.kind) {
    case 'any':
      return condition.of.some(each => meets(universe, resource, each))
    case 'either':
      return condition.of.some(where => where.every(each => meets(universe, resource, each)))
    case 'missing':
      return (valuesOf(resource, condition.param.name).length === 0) === condition.missing
    case 'chain':
      return everything(universe).some(
        target =>
          target.type === condition.target &&
          references(resource, condition.param.name).some(({ type, id }) => type === target.type && id === target.id) &&
          condition.where.every(each => meets(universe, target, each))
      )
    case 'has':
      return everything(universe).some(
        source =>
          source.type === condition.source &&
          references(source, condition.param.name).some(
            ({ type, id }) => type === resource.type && id === resource.id
          ) &&
          condition.where.every(each => meets(universe, source, each))
      )
    case 'param': {
      const { param, modifier, values } = condition
      const some = values.some(value =>
        valuesOf(resource, param.name).some(held => matches(universe, held, value, modifier))
      )
      return modifier === 'not' ? !some : some
    }
  }
}

/** A value that a resource has. */
type Held =
  | { text: string }
  | { system: string | null; code: string | null; display?: string | null; ofType?: [string | null, string | null] }
  | { from: number; to: number; days?: boolean }
  | { type: string; id: string | null; identifier?: { system: string | null; value: string | null } | null }
  | { uri: string }
  | { latitude: number; longitude: number }

const present = <T>(...values: (T | null | undefined | false)[]): T[] =>
  values.filter((value): value is T => value !== null && value !== undefined && value !== false)

function valuesOf(resource: Resource, name: string): Held[] {
  if (name === '_id') return [{ system: null, code: resource.id }]
  if (name === '_lastUpdated') return [{ from: Date.parse(resource.updated), to: Date.parse(resource.updated) }]
  if (isRegistered(resource)) {
    if (name === 'name') return [{ text: resource.text }]
    if (name === 'code') return [{ system: 'urn:number', code: resource.number }]
    return name === '_source' ? [{ uri: 'urn:register' }] : []
  }
  return resource.type === 'Team' ? teamValues(resource, name) : personValues(resource, name)
}

function teamValues(team: Team, name: string): Held[] {
  if (name === 'name') return present(team.name).map(text => ({ text }))
  if (name === 'partof') return present(team.partof).map(id => ({ type: 'Team', id }))
  return name === 'owner' ? team.owners : []
}

function personValues(person: Person, name: string): Held[] {
  const { names, codes, status, active, born, started, ended, home, team, boss, bossIdentifier } = person
  switch (name) {
    case 'name':
    case 'alias':
      return names
        .filter(each => name === 'name' || each.kind === 'nick')
        .flatMap(({ text }) => present(text).map(each => ({ text: each })))
    case 'code':
      return codes
        .filter(({ system, code, display }) => system !== null || code !== null || display !== null)
        .map(each => ({ ...each, ofType: [each.type_system, each.type_code] }))
    case 'status':
      return present(status).map(code => ({ system: 'urn:status', code }))
    case 'active':
      return active === null ? [] : [{ system: null, code: String(active) }]
    case 'born':
      return present(born).map(day => ({ from: Date.parse(day), to: Date.parse(day) + 86_400_000 - 1, days: true }))
    case 'period':
      if (started === null && ended === null) return []
      return [{ from: started ? Date.parse(started) : -Infinity, to: ended ? Date.parse(ended) : Infinity }]
    case 'home':
      return present(home).map(uri => ({ uri }))
    case 'team':
      return present(team).map(id => ({ type: 'Team', id }))
    case 'boss':
      return boss === null && !bossIdentifier?.value && !bossIdentifier?.system
        ? []
        : [{ type: 'Person', id: boss, identifier: bossIdentifier }]
    case 'near':
      return present(person.position)
    case '_tag':
      return person.tags.map(each => each)
    case '_profile':
      return person.profiles.map(uri => ({ uri }))
    default:
      return []
  }
}

const references = (resource: Resource, name: string): { type: string; id: string }[] =>
  valuesOf(resource, name).flatMap(held => ('id' in held && held.id !== null ? [{ type: held.type, id: held.id }] : []))

const fold = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/\s+/g, ' ')
    .trim()

function matches(universe: Universe, held: Held, value: Value, modifier?: Modifier): boolean {
  switch (value.form) {
    case 'string': {
      const { text } = held as { text: string }
      if (modifier === 'exact') return text === value.text
      return modifier === 'contains' ? fold(text).includes(fold(value.text)) : fold(text).startsWith(fold(value.text))
    }
    case 'near':
      return metersBetween(held as { latitude: number; longitude: number }, value) <= value.meters
    case 'token':
      return tokenMatches(held, value, modifier)
    case 'date':
      return dateMatches(held as { from: number; to: number; days?: boolean }, value)
    case 'uri': {
      const { uri } = held as { uri: string }
      if (modifier === 'below') return uri.startsWith(value.uri)
      return modifier === 'above' ? value.uri.startsWith(uri) : uri === value.uri
    }
    case 'reference': {
      const { type, id } = held as { type: string; id: string }
      if (modifier !== 'above' && modifier !== 'below') return id === value.id && (value.type ?? type) === type
      const [low, high] = modifier === 'below' ? [id, value.id] : [value.id, id]
      return low === high || isPartOf(universe, low, high, new Set())
    }
    case 'foreign':
      return false
  }
}

/** By the angle between two vectors, not by haversines. */
function metersBetween(a: { latitude: number; longitude: number }, b: { latitude: number; longitude: number }): number {
  const vector = ({ latitude, longitude }: typeof a) => {
    const [north, east] = [(latitude * Math.PI) / 180, (longitude * Math.PI) / 180]
    return [Math.cos(north) * Math.cos(east), Math.cos(north) * Math.sin(east), Math.sin(north)] as const
  }
  const [[x, y, z], [u, v, w]] = [vector(a), vector(b)]
  const across = Math.hypot(y * w - z * v, z * u - x * w, x * v - y * u)
  return 6_371_008.8 * Math.atan2(across, x * u + y * v + z * w)
}

function isPartOf(universe: Universe, id: string, of: string, seen: Set<string>): boolean {
  const parent = universe.teams.find(team => team.id === id && !team.deleted)?.partof
  if (!parent || seen.has(id)) return false
  return parent === of || isPartOf(universe, parent, of, seen.add(id))
}

function tokenMatches(held: Held, value: TokenValue, modifier?: Modifier): boolean {
  const { identifier } = held as { identifier?: { system: string | null; value: string | null } | null }
  if (modifier === 'identifier')
    return !!identifier && tokenMatches({ system: identifier.system, code: identifier.value }, value)
  const { system, code, display, ofType } = held as Extract<Held, { code: string | null }>
  if (modifier === 'text') return typeof display === 'string' && fold(display).startsWith(fold(value.text!))
  if (modifier === 'of-type')
    return code === value.code && ofType?.[0] === value.type!.system && ofType[1] === value.type!.code
  return (value.system === undefined || value.system === system) && (value.code === undefined || value.code === code)
}

/** https://hl7.org/fhir/R4/search.html#prefix, on half-open ranges. */
function dateMatches({ from, to, days }: { from: number; to: number; days?: boolean }, value: DateValue): boolean {
  const read = (text: string): number => Date.parse(days ? `${text}Z` : text)
  const { low, high } = days ? value.local : value
  const [start, end] = [read(low), read(high)]
  const until = to + 1
  const within = from >= start && until <= end
  const above = until > end
  const under = from < start
  return {
    eq: within,
    ne: !within,
    gt: above,
    lt: under,
    ge: above || within,
    le: under || within,
    sa: from >= end,
    eb: until <= start,
    ap: from < end && until > start
  }[value.prefix]
}

/** A missing value is the largest; ties go by id, in the direction of the last key. */
function compare(sort: readonly SortKey[], a: Resource, b: Resource): number {
  for (const key of sort) {
    const [left, right] = [sortValue(a, key), sortValue(b, key)]
    const order = left === right ? 0 : left === null ? 1 : right === null ? -1 : left < right ? -1 : 1
    if (order !== 0) return key.descending ? -order : order
  }
  return (a.id < b.id ? -1 : 1) * (sort.at(-1)?.descending ? -1 : 1)
}

function sortValue(resource: Resource, { param, descending }: SortKey): string | number | null {
  const values = valuesOf(resource, param.name).flatMap((held): (string | number)[] => {
    if ('text' in held) return [fold(held.text)]
    if ('from' in held) return Number.isFinite(held.from) ? [held.from] : []
    if ('latitude' in held) return []
    return present('uri' in held ? held.uri : 'code' in held ? held.code : held.id)
  })
  const sorted = values.sort((x, y) => (x < y ? -1 : 1))
  return (descending ? sorted.at(-1) : sorted[0]) ?? null
}
