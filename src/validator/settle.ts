/** From what the checks said to what is told: one issue per fault, at the deepest place, errors first. */
import type { Context } from './context.js'
import type { ValidationIssue } from './issue.js'

const RANK = { error: 0, warning: 1, information: 2 }

/** The issues of a run, without repetitions and without constraints that fail only because of another fault. */
export function settle(ctx: Context): ValidationIssue[] {
  const { issues } = ctx
  if (issues.length < 2) return issues
  const consequences = consequencesIn(ctx)
  const told = new Set<string>()
  const kept = issues.filter(issue => {
    const key = `${issue.rule} ${issue.expression}`
    if (consequences.has(issue) || told.has(key)) return false
    told.add(key)
    return true
  })
  return kept.sort((a, b) => RANK[a.severity] - RANK[b.severity])
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/g

/** Constraints that read something which is itself reported. */
function consequencesIn({ broken, issues }: Context): Set<ValidationIssue> {
  const found = new Set<ValidationIssue>()
  for (const { issue, expression } of broken) {
    const names = new Set(expression.match(NAME))
    const reads = (other: ValidationIssue) =>
      other.severity === 'error' && isRead(names, issue.expression, other.expression)
    if (issues.some(other => other !== issue && reads(other))) found.add(issue)
  }
  return found
}

/** True when `place` is below `context`, in a child that the constraint names. */
function isRead(names: ReadonlySet<string>, context: string, place: string): boolean {
  if (!place.startsWith(`${context}.`)) return false
  const child = /^\w+/.exec(place.slice(context.length + 1))
  return child !== null && names.has(child[0])
}
