/** From what the checks said to what is told: one issue per fault, at the deepest place, errors first. */
import type { Context } from './context.js'
import type { ValidationIssue } from './issue.js'

const RANK = { error: 0, warning: 1, information: 2 }
/** More than anyone reads; keeps the answer to a hostile resource small. */
const MOST = 1000

/** The issues of a run, without repetitions and without those that another fault brings about. */
export function settle(ctx: Context): ValidationIssue[] {
  const { issues } = ctx
  if (issues.length < 2) return issues
  if (issues.length <= MOST && issues.every(isNote) && areDistinct(ctx.marks)) return issues
  const consequences = consequencesIn(ctx)
  const told = new Map<string, string[]>()
  const kept = issues.filter(issue => {
    const { rule, expression } = issue
    const rules = told.get(expression)
    if (consequences.has(issue) || rules?.includes(rule)) return false
    if (rules) rules.push(rule)
    else told.set(expression, [rule])
    return true
  })
  kept.sort((a, b) => RANK[a.severity] - RANK[b.severity])
  return kept.length > MOST ? [...kept.slice(0, MOST), more(kept.length - MOST, kept[0]!)] : kept
}

const isNote = ({ severity }: ValidationIssue): boolean => severity === 'warning'

/** True when surely no two are the same. */
function areDistinct(marks: readonly number[]): boolean {
  if (marks.length > 8) return new Set(marks).size === marks.length
  for (let i = 1; i < marks.length; i++) if (marks.indexOf(marks[i]!) < i) return false
  return true
}

function more(count: number, { expression }: ValidationIssue): ValidationIssue {
  const root = /^\w+/.exec(expression)![0]
  const text = `${root}: There are ${count} more issues: correct these first.`
  return { severity: 'information', code: 'incomplete', stage: 'rule', rule: 'more', text, expression: root }
}

const NAME = /[A-Za-z_][A-Za-z0-9_]*/g

/** Rules of profiles on a value, which say no more where the value is wrong already. */
const OF_VALUE = new Set(['fixed', 'pattern', 'binding', 'length', 'range', 'type'])
/** Rules of the specification that say no more where the form is wrong already. */
const OF_FORM = new Set(['binding', 'extension-unknown'])
const NONE: ReadonlySet<ValidationIssue> = new Set()

/** Issues that another fault brings about: what they look at is itself at fault. Linear in the number of issues. */
function consequencesIn({ issues, broken, misspelt }: Context): ReadonlySet<ValidationIssue> {
  const errors = issues.filter(({ severity }) => severity === 'error')
  if (errors.length === 0) return NONE
  const meant = new Set(misspelt.map(({ place }) => place))
  const faulty = placesAround([...errors.map(({ expression }) => expression), ...meant])
  const malformed = placesAround(
    errors
      .filter(({ stage, rule }) => stage === 'structure' || rule === 'system-absolute')
      .map(({ expression }) => expression)
  )
  const wrong = placesAround(errors.filter(({ profile }) => !profile).map(({ expression }) => expression))
  const unknownParts = new Set(errors.filter(({ rule }) => rule === 'extension-part').map(each => each.expression))
  const withUnknown = new Set([...unknownParts].map(place => place.replace(/\[\d+\]\.url$/, '')))
  const barred = new Set(
    errors.filter(({ rule, code }) => rule === 'cardinality' && code === 'structure').map(each => each.expression)
  )
  const found = new Set<ValidationIssue>()
  for (const { issue, expression } of broken) {
    // a constraint that reads an element with a fault in it
    if (expression.match(NAME)?.some(name => faulty.has(`${issue.expression}.${name}`))) found.add(issue)
  }
  for (const issue of issues) {
    const isMissing = issue.rule === 'cardinality' && issue.code === 'required'
    if (isMissing && meant.has(issue.expression)) found.add(issue)
    if (issue.code === 'required' && barred.has(insteadOf(issue.expression))) found.add(issue)
    if ((OF_FORM.has(issue.rule) || issue.profile) && malformed.has(issue.expression)) found.add(issue)
    // a part that its extension does not have belongs to none of its slices either, and may be the one that is missed
    if (issue.rule === 'slice' && (unknownParts.has(`${issue.expression}.url`) || withUnknown.has(issue.expression)))
      found.add(issue)
    if (issue.profile && OF_VALUE.has(issue.rule) && wrong.has(issue.expression)) found.add(issue)
  }
  return found
}

/** An extension has a value or parts: where the one stands that may not, the other is missed. */
const insteadOf = (place: string): string =>
  place.endsWith('.value') ? place.replace(/value$/, 'extension[0]') : place.replace(/\.extension$/, '.value')

/** The places, and all that they are within: `A.b[0].c`, `A.b[0]`, `A.b`, `A`. */
function placesAround(places: readonly string[]): Set<string> {
  const all = new Set<string>()
  for (let place of places) {
    while (place !== '' && !all.has(place)) {
      all.add(place)
      place = place.slice(0, Math.max(place.lastIndexOf('.'), place.endsWith(']') ? place.lastIndexOf('[') : 0, 0))
    }
  }
  return all
}
