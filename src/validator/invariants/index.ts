/** Constraints of the definitions: run natively where we wrote them, by fhirpath elsewhere. https://hl7.org/fhir/R4/conformance-rules.html#constraints */
import type { ElementDefinition, ElementDefinitionConstraint, StructureDefinition } from 'fhir/r4.js'
import type { Context } from '../context.js'
import { fhirpathHolds, parseExpression } from './fhirpath.js'
import { NATIVE, nativeKey } from './native.js'
import type { Invariant } from './rule.js'

/** Checked by the walk itself (see contained.ts, references.ts, narrative.ts, extensions.ts). */
const BUILT_IN = new Set(['ele-1', 'ext-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'dom-6', 'ref-1', 'txt-1', 'txt-2'])

/** The constraints that stand on an element. */
export const invariantsOf = (element: ElementDefinition): Invariant[] =>
  (element.constraint ?? [])
    .filter(({ key, expression }) => expression && !BUILT_IN.has(key))
    .map(rule => invariantOf(rule, element))

function invariantOf(constraint: ElementDefinitionConstraint, element: ElementDefinition): Invariant {
  const { key, severity, human } = constraint
  const expression = constraint.expression!
  const native = NATIVE.get(nativeKey(key, expression))
  return {
    ...{ key, severity, human, expression },
    holds: native?.holds ?? fhirpathHolds(expression, element.path),
    ...(native?.at && { at: native.at })
  }
}

/** Reports the constraint at the path when it does not hold for the value there. */
export function checkInvariant(invariant: Invariant, value: unknown, ctx: Context): void {
  if (invariant.holds(value as never, ctx)) return
  const { key, severity, human, expression, profile, slice, at } = invariant
  if (at) ctx.path.push(at)
  const text = `${human}${/[.!?]$/.test(human) ? '' : '.'}`
  ctx.report(
    {
      severity,
      code: 'invariant',
      stage: 'rule',
      rule: key,
      text,
      ...(profile && { profile }),
      ...(slice && { slice })
    },
    { constraint: expression }
  )
  if (at) ctx.path.pop()
}

/** Throws an Error that names the element when a constraint is not FHIRPath. */
export function checkExpressions({ url, differential, snapshot }: StructureDefinition): void {
  for (const element of (differential ?? snapshot)?.element ?? []) {
    for (const { key, expression } of element.constraint ?? []) {
      if (!expression || BUILT_IN.has(key) || NATIVE.has(nativeKey(key, expression))) continue
      const wrong = parseExpression(expression)
      if (wrong)
        throw new Error(`${url}: ${element.id ?? element.path}: the constraint ${key} is not FHIRPath: ${wrong}`)
    }
  }
}
