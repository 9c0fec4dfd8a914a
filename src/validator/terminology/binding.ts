/** Bindings of coded elements to value sets. https://hl7.org/fhir/R4/terminologies.html#strength */
import type { ElementDefinition } from 'fhir/r4.js'
import { isObject, type Context } from '../context.js'
import { didYouMean } from '../suggest.js'
import { membership, type Binding, type CodeSet, type Terminology } from './index.js'

const MAX_VALUE_SET = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet'
const CODED = new Set(['code', 'string', 'uri', 'Coding', 'CodeableConcept', 'Quantity', 'Age', 'Duration', 'Distance'])

/** The binding of an element that binds anything: preferred and example bindings are advice. */
export function bindingOf(element: ElementDefinition, type: string, terminology: Terminology): Binding | undefined {
  const { binding } = element
  if (!binding || !CODED.has(type)) return undefined
  const limit = binding.extension?.find(extension => extension.url === MAX_VALUE_SET)
  const most = limit?.valueCanonical ?? limit?.valueUri
  if (binding.strength === 'required' || !most) {
    if (binding.strength !== 'required' && binding.strength !== 'extensible') return undefined
    return binding.valueSet ? bind(binding.strength, binding.valueSet, type, terminology, false) : undefined
  }
  return bind('required', most, type, terminology, true)
}

function bind(
  strength: Binding['strength'],
  valueSet: string,
  type: string,
  terminology: Terminology,
  isLimit: boolean
): Binding {
  let set: CodeSet | undefined
  let done = false
  return {
    strength,
    valueSet,
    type,
    isLimit,
    accepted: new Set(),
    texts: new Map(),
    set() {
      if (!done) set = terminology.valueSet(valueSet)
      done = true
      return set
    }
  }
}

/** Bounds what hostile codes can fill. */
const MOST_REMEMBERED = 100

interface Coding {
  system?: unknown
  code?: unknown
}

interface Source {
  profile?: string
  slice?: string
}

/** Checks the value at the context's path against a binding. Values of a wrong form are the walk's to report. */
export function checkBinding(binding: Binding, value: unknown, ctx: Context, source: Source = {}): void {
  const set = binding.set()
  if (!set) return
  if (typeof value === 'string') {
    const member = membership(set, undefined, value)
    if (member === 'out') report(binding, set, ctx, source, undefined, value)
    else if (member === 'in' && binding.accepted.size < MOST_REMEMBERED && value.length < 100)
      binding.accepted.add(value)
  } else if (!isObject(value)) return
  else if (binding.type === 'CodeableConcept') checkConcept(binding, set, value, ctx, source)
  else checkCoding(binding, set, value, ctx, source)
}

function checkCoding(binding: Binding, set: CodeSet, coding: Coding, ctx: Context, source: Source): void {
  const { system, code } = coding
  if (typeof code !== 'string') {
    if (needsCode(binding, coding)) reportNoCode(binding, ctx, source)
    return
  }
  const name = typeof system === 'string' ? system : undefined
  if (name === undefined ? binding.type === 'Coding' : isOut(set, name, code, ctx)) {
    report(binding, set, ctx, source, name, code)
  }
}

/** The caller is asked about codes of systems whose codes are not known here. */
function isOut(set: CodeSet, system: string, code: string, ctx: Context): boolean {
  const member = membership(set, system, code)
  return member === 'out' || (member === 'unknown' && set.systems.has(system) && ctx.hasCode(system, code) === false)
}

/** One coding of the set is enough. */
function checkConcept(
  binding: Binding,
  set: CodeSet,
  concept: { coding?: unknown },
  ctx: Context,
  source: Source
): void {
  const codings = Array.isArray(concept.coding) ? (concept.coding as Coding[]) : []
  const coded = codings.filter(coding => typeof coding?.code === 'string')
  if (coded.length === 0) {
    if (codings.every(coding => needsCode(binding, coding)) && needsCode(binding, concept))
      reportNoCode(binding, ctx, source)
    return
  }
  const out = coded.every(({ system, code }) => {
    return typeof system !== 'string' || isOut(set, system, code as string, ctx)
  })
  if (!out) return
  if (codings.length > 1) return report(binding, set, ctx, source, undefined, undefined)
  ctx.path.push('coding', 0)
  const { system, code } = coded[0]!
  report(binding, set, ctx, source, typeof system === 'string' ? system : undefined, code as string)
  ctx.path.length -= 2
}

/** A required binding wants a code; an extension may say why there is none. */
const needsCode = (binding: Binding, value: unknown): boolean =>
  binding.strength === 'required' && !binding.isLimit && isObject(value) && !('extension' in value)

/** Where the system is one of the set, it is the code that is wrong. */
function report(binding: Binding, set: CodeSet, ctx: Context, source: Source, system?: string, code?: string): void {
  const inCode = code !== undefined && system !== undefined && set.systems.has(system)
  if (inCode) ctx.path.push('code')
  ctx.report({
    severity: binding.strength === 'required' ? 'error' : 'warning',
    code: 'code-invalid',
    stage: 'rule',
    rule: 'binding',
    text: ctx.secrecy > 0 ? textOf(binding, set, ctx, system, code) : rememberedText(binding, set, ctx, system, code),
    ...source
  })
  if (inCode) ctx.path.pop()
}

/** The same codes are warned of again and again, in every resource of a caller. */
function rememberedText(binding: Binding, set: CodeSet, ctx: Context, system?: string, code?: string): string {
  const known = binding.texts.get(code)?.get(system)
  if (known !== undefined) return known
  const text = textOf(binding, set, ctx, system, code)
  const bySystem = binding.texts.get(code) ?? new Map<string | undefined, string>()
  const isSmall = bySystem.size < 10 && binding.texts.size < MOST_REMEMBERED && text.length < 1000
  if (isSmall && (code ?? '').length < 100 && (system ?? '').length < 200)
    binding.texts.set(code, bySystem.set(system, text))
  return text
}

function textOf(binding: Binding, set: CodeSet, ctx: Context, system?: string, code?: string): string {
  if (code === undefined) {
    const verb = binding.strength === 'required' ? 'must' : 'should'
    return `None of the codings is in the value set ${binding.valueSet}: one of them ${verb} be.`
  }
  const verb = binding.strength === 'required' ? 'is not in' : 'should be, but is not, in'
  return `${ctx.quote(code, 'The code')} ${verb} the value set ${binding.valueSet}.${advice(set, system, code, ctx)}`
}

function reportNoCode(binding: Binding, ctx: Context, source: Source): void {
  const text = `A code of the value set ${binding.valueSet} is needed.`
  ctx.report({ code: 'code-invalid', stage: 'rule', rule: 'binding', text, ...source })
}

/** What to write instead. */
function advice(set: CodeSet, system: string | undefined, code: string, ctx: Context): string {
  const codes = system === undefined ? undefined : set.systems.get(system)
  if (system !== undefined && !codes) return systemHint(set)
  if (system === undefined && membership(set, undefined, code) === 'in') return ` It has no system.${systemHint(set)}`
  const candidates = codes ? [...codes.known] : [...set.systems.values()].flatMap(each => [...each.known])
  const few = candidates.length > 0 && candidates.length <= 12 ? ` The codes are: ${candidates.join(', ')}.` : ''
  return didYouMean(code, candidates, ctx) + few
}

const systemHint = (set: CodeSet): string =>
  set.systems.size > 3 ? '' : ` Its codes are of the system ${[...set.systems.keys()].join(' or ')}.`
