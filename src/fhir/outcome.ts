/** OperationOutcome from issues. https://hl7.org/fhir/R4/operationoutcome.html */
import type { OperationOutcome } from 'fhir/r4.js'
import { CANONICAL } from './types.js'
import type { Issue } from './errors.js'

export function outcome(issues: readonly Issue[]): OperationOutcome {
  return { resourceType: 'OperationOutcome', issue: issues.map(toOutcomeIssue) }
}

function toOutcomeIssue({ severity, code, text, expression, rule }: Issue): OperationOutcome['issue'][number] {
  return {
    severity,
    code: code,
    details: { ...(rule && { coding: [{ system: `${CANONICAL}/CodeSystem/rule`, code: rule }] }), text },
    ...(expression && { expression: [expression] })
  }
}
