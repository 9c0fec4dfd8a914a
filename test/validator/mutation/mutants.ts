/** One-fault resources, derived from good ones: each knows the rule that it breaks and the place where. */
import type { Definitions } from '../../../src/validator/index.js'
import { change, parentOf, placesOf, type Json, type Place } from './places.js'

export interface Mutant {
  kind: string
  resource: Json
  rule: string
  expression: string
}

interface Change {
  kind: string
  rule: string
  /** Place at fault, when it is not the place that is changed. */
  expression?: (place: Place) => string
  applies: (place: Place) => boolean
  edit: (parent: Json, key: string | number, place: Place) => void
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const set = (value: unknown) => (parent: Json, key: string | number) => void (parent[key] = value)
const isType =
  (...types: string[]) =>
  (place: Place) =>
    types.includes(place.type)
const STRINGS = ['string', 'markdown', 'code', 'uri', 'url', 'canonical', 'id', 'date', 'dateTime', 'instant', 'time']
const whole = ({ path }: Place) => path.replace(/\[\d+\]$/, '')
const first = ({ repeats, path }: Place) => !repeats || path.endsWith('[0]')
const isCode = ({ type, definition }: Place) => type === 'code' && definition.binding?.strength === 'required'
const inNarrative = ({ path }: Place) => path.endsWith('`div`')

const CHANGES: Change[] = [
  {
    kind: 'unknown property',
    rule: 'unknown-element',
    applies: ({ value, type }) => isObject(value) && type !== 'Resource',
    expression: ({ path }) => `${path}.colour`,
    edit: (parent, key) => void ((parent[key] as Json).colour = 'red')
  },
  {
    kind: 'misspelt property',
    rule: 'unknown-element',
    applies: ({ value, definition }) =>
      typeof value === 'string' && definition.min === 0 && definition.max === '1' && !definition.path.endsWith('[x]'),
    expression: ({ path, key }) => `${path.slice(0, path.lastIndexOf('.'))}.${key}s`,
    edit: (parent, key) => {
      parent[`${key}s`] = parent[key]
      delete parent[key]
    }
  },
  {
    kind: 'array for one value',
    rule: 'type',
    applies: place => !place.repeats && place.type !== 'Resource',
    edit: (parent, key, { value }) => void (parent[key] = [value])
  },
  {
    kind: 'empty object',
    rule: 'ele-1',
    applies: ({ value, type }) => isObject(value) && type !== 'Resource',
    edit: set({})
  },
  {
    kind: 'empty text',
    rule: 'value',
    applies: place => STRINGS.includes(place.type) && typeof place.value === 'string',
    edit: set('')
  },
  { kind: 'null', rule: 'type', applies: ({ repeats }) => !repeats, edit: set(null) },
  { kind: 'number for text', rule: 'type', applies: isType(...STRINGS), edit: set(7) },
  { kind: 'text for boolean', rule: 'type', applies: isType('boolean'), edit: set('true') },
  {
    kind: 'text for number',
    rule: 'type',
    applies: isType('decimal', 'integer', 'positiveInt', 'unsignedInt'),
    edit: (parent, key) => void (parent[key] = String(parent[key]))
  },
  { kind: 'fraction', rule: 'value', applies: isType('integer', 'positiveInt', 'unsignedInt'), edit: set(1.5) },
  { kind: 'negative', rule: 'value', applies: isType('positiveInt', 'unsignedInt'), edit: set(-1) },
  {
    kind: 'text for object',
    rule: 'type',
    applies: ({ value, type }) => isObject(value) && type !== 'Resource',
    edit: set('x')
  },
  { kind: 'no such day', rule: 'value', applies: isType('date', 'dateTime'), edit: set('2023-02-30') },
  { kind: 'no such month', rule: 'value', applies: isType('date', 'dateTime'), edit: set('2023-13-01') },
  { kind: 'day for month', rule: 'value', applies: isType('date', 'dateTime'), edit: set('03/04/2023') },
  { kind: 'no zone', rule: 'value', applies: isType('instant'), edit: set('2023-02-03T10:00:00') },
  { kind: 'no such instant', rule: 'value', applies: isType('instant'), edit: set('2023-02-29T10:00:00Z') },
  { kind: 'hour 25', rule: 'value', applies: isType('time'), edit: set('25:00:00') },
  { kind: 'blank in uri', rule: 'value', applies: isType('uri', 'url', 'canonical'), edit: set('http://a b') },
  {
    kind: 'stray blank',
    rule: 'value',
    applies: isType('code'),
    edit: (parent, key) => void (parent[key] = ` ${String(parent[key])}`)
  },
  {
    kind: 'bad id',
    rule: 'value',
    applies: ({ type, path }) => type === 'id' && /^\w+\.id$/.test(path),
    edit: set('a_b')
  },
  { kind: 'unknown code', rule: 'binding', applies: isCode, edit: set('nonesuch') },
  {
    kind: 'missing required',
    rule: 'cardinality',
    applies: place => (place.definition.min ?? 0) > 0 && first(place),
    expression: whole,
    edit: parent => void parent
  },
  {
    kind: 'narrative not closed',
    rule: 'xhtml',
    applies: inNarrative,
    edit: set('<div xmlns="http://www.w3.org/1999/xhtml"><p>x</div>')
  },
  {
    kind: 'script in narrative',
    rule: 'txt-1',
    applies: inNarrative,
    edit: set('<div xmlns="http://www.w3.org/1999/xhtml"><script>x</script></div>')
  },
  {
    kind: 'empty narrative',
    rule: 'txt-2',
    applies: inNarrative,
    edit: set('<div xmlns="http://www.w3.org/1999/xhtml"> </div>')
  },
  {
    kind: 'period backwards',
    rule: 'per-1',
    applies: isType('Period'),
    edit: set({ start: '2024-01-02', end: '2024-01-01' })
  },
  { kind: 'contact without system', rule: 'cpt-2', applies: isType('ContactPoint'), edit: set({ value: '1' }) },
  {
    kind: 'unknown reference type',
    rule: 'reference-target',
    applies: isType('Reference'),
    expression: ({ path }) => `${path}.reference`,
    edit: set({ reference: 'Practitoner/1' })
  },
  {
    kind: 'wrong reference type',
    rule: 'reference-target',
    applies: ({ type, definition }) => type === 'Reference' && !/Resource|Media/.test(JSON.stringify(definition.type)),
    expression: ({ path }) => `${path}.reference`,
    edit: set({ reference: 'Media/1' })
  },
  {
    kind: 'dangling pointer',
    rule: 'ref-1',
    applies: isType('Reference'),
    expression: ({ path }) => `${path}.reference`,
    edit: set({ reference: '#nowhere' })
  },
  {
    kind: 'relative system',
    rule: 'system-absolute',
    applies: ({ type, value }) => (type === 'Identifier' || type === 'Coding') && 'system' in (value as Json),
    expression: ({ path }) => `${path}.system`,
    edit: (parent, key) => void ((parent[key] as Json).system = 'systems/x')
  },
  {
    kind: 'relative fullUrl',
    rule: 'full-url',
    applies: ({ path, value }) => path.endsWith('.fullUrl') && /^http.*\/[A-Z]\w+\/[\w.-]+$/.test(value as string),
    edit: set('here')
  },
  {
    kind: 'unknown entity',
    rule: 'xhtml',
    applies: inNarrative,
    edit: set('<div xmlns="http://www.w3.org/1999/xhtml">a&nonesuch;b</div>')
  },
  {
    kind: 'two values',
    rule: 'ext-1',
    applies: ({ type, value }) => type === 'Extension' && !('extension' in (value as Json)),
    edit: (parent, key) => void ((parent[key] as Json).extension = [{ url: 'http://x.org/e', valueString: 'a' }])
  },
  {
    kind: 'two types of a choice',
    rule: 'choice',
    applies: ({ definition, value }) =>
      definition.path.endsWith('[x]') && value !== undefined && definition.max === '1',
    expression: ({ path }) => path,
    edit: (parent, _key, { definition, key }) => {
      const name = definition.path.slice(definition.path.lastIndexOf('.') + 1, -3)
      const other = definition.type!.find(
        ({ code }) => key !== name + capital(code) && /^(boolean|string|dateTime|Period|Range)$/.test(code)
      )
      if (other) parent[name + capital(other.code)] = SAMPLES[other.code]
    }
  }
]

const capital = (code: string) => code[0]!.toUpperCase() + code.slice(1)
const SAMPLES: Record<string, unknown> = {
  boolean: true,
  string: 'x',
  dateTime: '2020',
  Period: { start: '2020' },
  Range: { low: { value: 1 } }
}

/** Mutants of a good resource. `most` bounds how many of a kind. */
export function mutantsOf(resource: Json, definitions: Definitions, most = 3): Mutant[] {
  const places = placesOf(resource, definitions)
  return CHANGES.flatMap(({ kind, rule, applies, edit, expression }) =>
    spread(places.filter(applies), most).flatMap(place => {
      const steps = kind === 'missing required' && place.repeats ? place.steps.slice(0, -1) : place.steps
      const mutated = change(resource, steps, (parent, key) =>
        kind === 'missing required' ? delete parent[key] : edit(parent, key, place)
      )
      if (kind === 'missing required' && Object.keys(parentOf(resource, steps)).length === 1) return [] // would be an empty object
      const same = JSON.stringify(mutated) === JSON.stringify(resource)
      return same ? [] : [{ kind, rule, resource: mutated, expression: expression?.(place) ?? place.path }]
    })
  )
}

/** A few of many, from all over. */
function spread<T>(all: T[], most: number): T[] {
  if (all.length <= most) return all
  return Array.from({ length: most }, (_, i) => all[Math.floor((i * all.length) / most)]!)
}
