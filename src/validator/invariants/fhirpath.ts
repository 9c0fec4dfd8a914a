/** Constraints that nobody wrote natively: evaluated by the fhirpath package, loaded when the first one is met. */
import { createRequire } from 'node:module'
import type { Context } from '../context.js'
import { isObject } from '../json.js'
import { PRIMITIVES } from '../primitives.js'
import { lookUps } from './look-ups.js'
import type { Holds, Surroundings } from './rule.js'

type Compiled = (input: unknown, variables: Record<string, unknown>) => unknown[]

interface Engine {
  compile(path: { base: string; expression: string }, model: unknown, options: object): Compiled
  parse(expression: string): Syntax
}

const require = createRequire(import.meta.url)
let loaded: { engine: Engine; model: unknown } | undefined

function fhirpath(): { engine: Engine; model: unknown } {
  loaded ??= { engine: require('fhirpath') as Engine, model: require('fhirpath/fhir-context/r4') as unknown }
  return loaded
}

/**
 * Elements have types of FHIR. Definitions also call these by the names of FHIRPath's own types, which the package takes
 * literally: `answer is Boolean` is meant as `answer is boolean`. https://hl7.org/fhir/R4/fhirpath.html#types
 */
const withTypesOfFhir = (expression: string): string =>
  expression.replace(
    /\b(is|as|ofType)(\s*\(\s*|\s+)(Boolean|String|Integer|Decimal|Date|DateTime|Time)\b/g,
    (...parts) => {
      const [, operator, gap, type] = parts as string[]
      return `${operator}${gap}${type![0]!.toLowerCase()}${type!.slice(1)}`
    }
  )

/** `trace()` would print; nothing may be fetched while a resource is checked. */
const SILENT = { traceFn: () => undefined, async: false }

/** The expression as a test of the elements at `path`, such as `Practitioner.identifier`. Compiled at the first use. */
export function fhirpathHolds(expression: string, path: string): Holds {
  const compiled = new Map<string, Compiled>()
  let run: Surroundings
  const typed = withTypesOfFhir(expression)
  const options = { ...SILENT, userInvocationTable: lookUps(expression, () => run) }
  return (node: unknown, around: Surroundings) => {
    const { engine, model } = fhirpath()
    const base = path.endsWith('[x]') ? typeOfChoice(path, node, around) : path
    let test = compiled.get(base)
    if (!test) compiled.set(base, (test = engine.compile({ base, expression: typed }, model, options)))
    run = around
    try {
      const [answer] = test(node, { resource: around.resource, rootResource: around.rootResource })
      return answer !== false
    } catch {
      return true // what cannot be worked out here, such as what a remote reference points to, is not held against it
    }
  }
}

/** The type of a value of a choice element, which its key says: `Quantity` of `valueQuantity`. */
function typeOfChoice(path: string, node: unknown, ctx: Context): string {
  const name = path.slice(path.lastIndexOf('.') + 1, -'[x]'.length)
  const owner = ctx.valueAt(ctx.path.length - 1)
  const key = isObject(owner) && Object.keys(owner).find(each => each.startsWith(name) && owner[each] === node)
  if (!key) return path.slice(0, -'[x]'.length)
  const type = key.slice(name.length)
  const primitive = type.charAt(0).toLowerCase() + type.slice(1)
  return primitive in PRIMITIVES ? primitive : type
}

/** What is wrong with an expression; undefined when it is FHIRPath. */
export function parseExpression(expression: string): string | undefined {
  try {
    const unknown = callsIn(fhirpath().engine.parse(expression)).find(call => !isCallable(call))
    return unknown && `there is no function ${unknown.slice(0, unknown.indexOf('('))}()`
  } catch (error) {
    return (error as Error).message
  }
}

interface Syntax {
  type: string
  text?: string
  children?: Syntax[]
}

/** The calls of functions in an expression, with as many parameters, all empty: `where({})`. */
const callsIn = ({ type, text, children = [] }: Syntax): string[] => [
  ...(type === 'FunctionInvocation' && text ? [`${text}(${parametersOf(children).join()})`] : []),
  ...children.flatMap(callsIn)
]

const parametersOf = (children: Syntax[]): string[] => {
  const list = children[0]?.children?.find(({ type }) => type === 'ParamList')
  return (list?.children ?? []).map(() => '{}')
}

const LOOK_UP = /^(resolve|memberOf|conformsTo)\(/
const callable = new Map<string, boolean>()

/** The package tells that it does not have a function only when that is called. */
function isCallable(call: string): boolean {
  const known = callable.get(call)
  if (known !== undefined) return known
  const { engine, model } = fhirpath()
  let exists = true
  try {
    if (!LOOK_UP.test(call)) engine.compile({ base: 'Basic', expression: call }, model, SILENT)({}, {})
  } catch (error) {
    exists = !(error as Error).message.startsWith('Not implemented')
  }
  callable.set(call, exists)
  return exists
}
