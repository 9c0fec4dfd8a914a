/**
 * A resource against all that is known without looking anything up: its form, then the changes that the rules of its
 * type make beforehand (each told), then profiles and invariants. The same for writes, $validate and the command.
 */
import { type Issue } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import type { RuleWrite, WriteRules } from '../store/write-rule.js'
import type { ValidationIssue } from '../validator/index.js'

export interface Checked {
  /** As it will be written. */
  resource: Resource
  found: ValidationIssue[]
  /** What the rules changed. */
  notes: Issue[]
}

/** Rules see only what has the form of its type: they need not guard against anything else. */
export function check(
  rules: WriteRules,
  validate: (resource: Resource) => ValidationIssue[],
  write: RuleWrite & { resource: Resource }
): Checked {
  const found = validate(write.resource)
  const all = rules.get(write.type) ?? []
  const malformed = found.filter(issue => issue.severity === 'error' && issue.stage === 'structure')
  // The rest may be what the rules put right: it is told once the form is right.
  if (malformed.length > 0)
    return { resource: write.resource, found: all.some(rule => !!rule.prepare) ? malformed : found, notes: [] }
  const preparing = all.filter(rule => rule.prepare && rule.when(write))
  let { resource } = write
  const notes: Issue[] = []
  for (const rule of preparing) {
    const prepared = rule.prepare!({ ...write, resource })
    resource = prepared.resource
    notes.push(...prepared.issues)
  }
  return { resource, found: resource === write.resource ? found : validate(resource), notes }
}
