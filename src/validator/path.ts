/** Rendering of places as FHIRPath. https://hl7.org/fhirpath/#expressions */

export type Step = string | number

/** Words of the FHIRPath grammar that cannot stand as a bare name. */
const RESERVED = new Set(['div', 'mod', 'and', 'or', 'xor', 'implies', 'true', 'false', 'day', 'month', 'year', 'week'])
const BARE = /^[A-Za-z_][A-Za-z0-9_]*$/

/** `['Bundle', 'entry', 0, 'resource']` -> `Bundle.entry[0].resource`; `text` is what the steps before `from` gave. */
export function renderPath(steps: readonly Step[], length = steps.length, from = 0, text = ''): string {
  for (let i = from; i < length; i++) {
    const step = steps[i]!
    if (typeof step === 'number') text += `[${step}]`
    else text += (i > 0 ? '.' : '') + renderName(step)
  }
  return text
}

/** A number for a rule at a place; two of them have the same one by chance only. */
export function markOf(steps: readonly Step[], rule: string): number {
  let mark = rule.length * 64 + rule.charCodeAt(rule.length - 1)
  for (const step of steps) mark = (Math.imul(mark, 31) + (typeof step === 'number' ? step : markOfName(step))) | 0
  return mark >> 2
}

/** Names that stand at the same depth differ in this, nearly always. */
const markOfName = (name: string): number =>
  name.length * 4099 + name.charCodeAt(0) * 257 + name.charCodeAt(name.length - 1) * 17 + name.charCodeAt(1)

const rendered = new Map<string, string>()

function renderName(name: string): string {
  const known = rendered.get(name)
  if (known !== undefined) return known
  const text = BARE.test(name) && !RESERVED.has(name) ? name : `\`${name.replaceAll('`', '\\`')}\``
  if (rendered.size < 2000 && name.length < 64) rendered.set(name, text)
  return text
}

/** The path without indices, from the given step on: `Practitioner.name.given`. */
export const declaredPath = (steps: readonly Step[], from = 0): string =>
  steps
    .slice(from)
    .filter(step => typeof step === 'string')
    .join('.')
