/**
 * Statements of searches by codes and ids, remembered by the shape of the search: what is asked a thousand times a second
 * differs in the digits of a number, and making SQL takes longer than all else of the search in this process.
 */
import type { Condition, SearchPlan, Value } from '../../../search/plan.js'
import type { Registry } from '../../../search/registry.js'
import type { Statement } from '../statement.js'

/** Where a value of the statement comes from: the n-th name of the search, several, or always the same. */
type Slot = { name: number } | { each: Slot[] } | { same: unknown }
interface Template {
  text: string
  slots: readonly Slot[]
}
/** A shape that came once; one whose statements are not alike. */
type Known = Template | 'seen' | 'varied'

/** Shapes of one registry, then they are gathered anew; and names of a shape. */
const [MOST, MOST_NAMES] = [500, 50]
const known = new WeakMap<Registry, Map<string, Known>>()

/**
 * What `make` says, made only for shapes that are new. Of a plan it must be true that its statement depends on a name's
 * digits in the values alone: test/store/search-remembered.test.ts. Undefined for searches that are not remembered: by texts,
 * times and places, from a position on, of several types.
 */
export function remembered(
  registry: Registry,
  plan: SearchPlan,
  make: (plan: SearchPlan) => Statement | undefined
): Statement | undefined {
  const names: Name[] = []
  const shape = shapeOf(plan, names)
  if (shape === undefined) return undefined
  const shapes = known.get(registry) ?? new Map<string, Known>()
  const found = shapes.get(shape)
  if (typeof found === 'object') return { text: found.text, values: found.slots.map(slot => filled(slot, names)) }
  if (found === undefined) {
    if (shapes.size === MOST) shapes.clear()
    known.set(registry, shapes.set(shape, 'seen'))
  } else if (found === 'seen') shapes.set(shape, templateOf(plan, names, make) ?? 'varied')
  return undefined
}

/** A value with a code or id in which digits stand. */
type Name = Extract<Value, { form: 'token' | 'reference' }>
const textOf = (name: Name): string => (name.form === 'token' ? name.code! : name.id)

function filled(slot: Slot, names: readonly Name[]): unknown {
  if ('name' in slot) return textOf(names[slot.name]!)
  return 'each' in slot ? slot.each.map(each => filled(each, names)) : slot.same
}

/** All of a plan that its statement depends on, but for digits of `names`, which are gathered. */
function shapeOf({ type, where, sort, count, stored, beside, after }: SearchPlan, names: Name[]): string | undefined {
  if (beside || after || count === 0) return undefined
  const order = sort.map(({ param, descending }) => `${descending ? '-' : ''}${param.name}`).join()
  const conditions = shapesOf(where, names)
  if (names.length > MOST_NAMES) return undefined
  return conditions && `${type} ${stored ?? false} ${count} ${order} ${conditions}`
}

function shapesOf(where: readonly Condition[], names: Name[]): string | undefined {
  let all = '['
  for (const condition of where) {
    const one = shapeOfCondition(condition, names)
    if (one === undefined) return undefined
    all += one
  }
  return `${all}]`
}

function shapeOfCondition(condition: Condition, names: Name[]): string | undefined {
  switch (condition.kind) {
    case 'param':
      return shapeOfValues(condition, names)
    case 'chain': {
      const where = shapesOf(condition.where, names)
      return where && `${condition.param.name}:${condition.target}.${where}`
    }
    case 'has': {
      const where = condition.settled ? undefined : shapesOf(condition.where, names)
      return where && `_has:${condition.source}:${condition.param.name}:${where}`
    }
    default:
      return undefined
  }
}

function shapeOfValues({ param, modifier, values }: Extract<Condition, { kind: 'param' }>, names: Name[]) {
  let all = `${param.name}:${modifier ?? ''}=`
  for (const value of values) {
    if (value.form === 'token' && value.text === undefined)
      all += `(${quoted(value.system)}${quoted(value.type?.system)}${quoted(value.type?.code)}${nameIn(value, value.code, names)})`
    else if (value.form === 'reference')
      all += `/${quoted(value.type)}${value.bare ?? ''}${nameIn(value, value.id, names)}`
    else return undefined
  }
  return all
}

/** With its length before it, no text can be taken for what follows it. */
const quoted = (text: string | null | undefined): string => (text == null ? `${text} ` : `${text.length}:${text} `)

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
const FEW_DIGITS = /^\D*(?:\d\D*){0,3}$/

/** What a code with few digits is may depend on these: `v2` is no `v3`. */
function nameIn(name: Name, text: string | undefined, names: Name[]): string {
  if (text === undefined || FEW_DIGITS.test(text)) return quoted(text)
  names.push(name)
  return UUID.test(text) ? '#' : quoted(text.replace(/\d/g, '0'))
}

/** Made for two plans of the shape that differ in each name: what is a name in both is a slot, what is the same in both stays. */
function templateOf(
  plan: SearchPlan,
  names: readonly Name[],
  make: (plan: SearchPlan) => Statement | undefined
): Template | undefined {
  const [ones, others] = [marked(names, 0), marked(names, names.length)]
  const [first, second] = [[...ones.values()].map(textOf), [...others.values()].map(textOf)]
  // A value that stands twice in this plan could be two in another.
  if (new Set([...first, ...second]).size < 2 * names.length) return undefined
  const [one, other] = [make(replaced(plan, ones)), make(replaced(plan, others))]
  if (!one || one.text !== other?.text) return undefined
  const slots = one.values.map((value, at) => slotOf(value, other.values[at], first, second))
  return slots.every(slot => slot !== undefined) ? { text: one.text, slots } : undefined
}

/** Each with digits that none of the others has. */
const marked = (names: readonly Name[], from: number): Map<Name, Name> =>
  new Map(
    names.map((name, at) => {
      const text = UUID.test(textOf(name)) ? '00000000-0000-4000-8000-000000000000' : textOf(name)
      const count = text.match(/\d/g)!.length
      const digits = [...String(from + at).padStart(count, '0')]
      const marker = text.replace(/\d/g, () => digits.shift()!)
      return [name, name.form === 'token' ? { ...name, code: marker } : { ...name, id: marker }]
    })
  )

const replaced = (plan: SearchPlan, by: ReadonlyMap<Name, Name>): SearchPlan => ({
  ...plan,
  where: plan.where.map(each => replacedIn(each, by))
})

function replacedIn(condition: Condition, by: ReadonlyMap<Name, Name>): Condition {
  if (condition.kind === 'param')
    return { ...condition, values: condition.values.map(value => by.get(value as Name) ?? value) }
  if (condition.kind === 'chain' || condition.kind === 'has')
    return { ...condition, where: condition.where.map(each => replacedIn(each, by)) }
  return condition
}

/** Undefined for what was made from a name. */
function slotOf(one: unknown, other: unknown, ones: readonly string[], others: readonly string[]): Slot | undefined {
  if (one === other) return { same: one }
  if (Array.isArray(one) && Array.isArray(other)) {
    const each = one.map((item, at) => slotOf(item, other[at], ones, others))
    return one.length === other.length && each.every(slot => slot !== undefined) ? { each } : undefined
  }
  const name = ones.findIndex((text, at) => text === one && others[at] === other)
  return name < 0 ? undefined : { name }
}
