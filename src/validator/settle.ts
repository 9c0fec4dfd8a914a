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

/** Issues that another fault brings about: what they look at is itself at fault. */
function consequencesIn(ctx: Context): Set<ValidationIssue> {
  const causes = causesIn(ctx)
  const found = new Set<ValidationIssue>()
  const isCaused = (issue: ValidationIssue, by: (place: string, issue: ValidationIssue) => boolean) =>
    causes.some(cause => cause.issue !== issue && by(cause.place, cause.issue))
  for (const { issue, expression } of ctx.broken) {
    const names = new Set(expression.match(NAME))
    if (isCaused(issue, place => isRead(names, issue.expression, place))) found.add(issue)
  }
  for (const issue of ctx.issues) {
    const place = issue.expression
    const isMissing = issue.rule === 'cardinality'
    if (isMissing && isCaused(issue, (at, cause) => at === place && cause.expression !== place)) found.add(issue)
    if (issue.rule !== 'binding' && !issue.profile) continue
    if (isCaused(issue, (at, cause) => cause.stage === 'structure' && isWithin(at, place))) found.add(issue)
  }
  return found
}

/** The errors by place; a misspelt element also stands where the right one is missed. */
function causesIn({ issues, misspelt }: Context): { issue: ValidationIssue; place: string }[] {
  const errors = issues
    .filter(({ severity }) => severity === 'error')
    .map(issue => ({ issue, place: issue.expression }))
  return [...errors, ...misspelt]
}

const isWithin = (place: string, around: string): boolean =>
  place === around || (place.startsWith(around) && /[.[]/.test(place[around.length]!))

/** True when `place` is below `context`, in a child that the constraint names. */
function isRead(names: ReadonlySet<string>, context: string, place: string): boolean {
  if (!place.startsWith(`${context}.`)) return false
  const child = /^\w+/.exec(place.slice(context.length + 1))
  return child !== null && names.has(child[0])
}
