/** Codes that no value set binds: their system has them, where its codes are known. https://hl7.org/fhir/R4/terminologies.html */
import { isObject, type Context, type JsonObject } from '../context.js'
import { didYouMean } from '../suggest.js'

/** Checks the Coding or CodeableConcept at the path. */
export function checkUnbound(value: JsonObject, type: string, ctx: Context): void {
  if (type === 'Coding') return checkCoding(value, ctx)
  if (!Array.isArray(value.coding)) return
  const depth = ctx.path.push('coding', 0) - 1
  for (let i = 0; i < value.coding.length; i++) {
    const coding: unknown = value.coding[i]
    ctx.path[depth] = i
    if (isObject(coding)) checkCoding(coding, ctx)
  }
  ctx.path.length -= 2
}

function checkCoding({ system, code }: JsonObject, ctx: Context): void {
  if (typeof system !== 'string' || typeof code !== 'string') return
  const { terminology } = ctx.engine
  const codes = terminology.codeSystem(system)
  if (!codes) return terminology.isValueSet(system) ? ctx.reportAt(VALUE_SET, 'system') : undefined
  if (codes.open || codes.known.has(code) || codes.rule?.(code)) return
  const text = `The system ${system} has no code ${ctx.quote(code, 'of this name')}.${didYouMean(code, codes.known, ctx)}`
  ctx.reportAt({ severity: 'warning', code: 'code-invalid', stage: 'rule', rule: 'code-unknown', text }, 'code')
}

const VALUE_SET = {
  ...{ severity: 'warning' as const, code: 'code-invalid', stage: 'rule' as const, rule: 'system-value-set' },
  text: 'This is a value set: the system of a code is that of a code system.'
}
