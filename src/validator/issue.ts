/** What the validator says of one fault. https://hl7.org/fhir/R4/operationoutcome.html */

export interface ValidationIssue {
  severity: 'error' | 'warning' | 'information'
  /** Code of http://hl7.org/fhir/issue-type. */
  code: string
  /** `structure`: JSON form, types, base cardinality. `rule`: invariants, bindings, profiles, references. */
  stage: 'structure' | 'rule'
  /** Stable key: that of a constraint (`dom-3`), or one of the kinds of rule (`cardinality`, `binding`, ...). */
  rule: string
  /** What is wrong, where, and what to do, for a stranger. */
  text: string
  /** FHIRPath with indices of the deepest place at fault. */
  expression: string
  /** Canonical url of the profile that the rule comes from. */
  profile?: string
  /** Name of the slice that the rule comes from. */
  slice?: string
}

/** An issue before its place is known. */
export interface Fault {
  severity?: ValidationIssue['severity']
  code: string
  stage: ValidationIssue['stage']
  rule: string
  text: string
  profile?: string
  slice?: string
}

/** A fault of the JSON form, a type or a base cardinality. */
export const structural = (rule: string, code: string, text: string): Fault => ({
  stage: 'structure',
  rule,
  code,
  text
})
