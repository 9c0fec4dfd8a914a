/** The validator's front door for writes: nothing is written that it refuses. */
import { FhirError, isFatal, type Issue, type IssueType } from '../fhir/errors.js'
import type { Resource } from '../fhir/types.js'
import { duplicateKeys, type ValidationIssue } from '../validator/index.js'
import type { Context } from './context.js'

/** Issues of a resource; `at` is where it lies (`Bundle.entry[2].resource`), absent when it is the body itself. */
export function validate(context: Context, resource: Resource, type: string, at?: string): ValidationIssue[] {
  const issues = profiled(context, resource, type)
  return at === undefined ? issues : issues.map(issue => ({ ...issue, expression: moved(issue.expression, at) }))
}

/** Issues by the base, by what the resource claims, by `asked`, and by what the tenant requires of the type. */
export function profiled(
  { validator, tenant: { unknownProfile, profiles } }: Context,
  resource: Resource,
  type: string,
  asked: readonly string[] = []
): ValidationIssue[] {
  const required = (Object.hasOwn(profiles, type) && profiles[type]) || []
  const by = (...more: string[]) =>
    validator.validate(resource, { type, unknownProfile, profiles: [...asked, ...more] })
  if (required.length === 1) return by(required[0]!)
  const issues = by()
  if (required.length === 0) return issues
  const claims = Array.isArray(resource?.meta?.profile)
    ? resource.meta.profile.map(url => String(url).split('|')[0])
    : []
  const errors = errorsIn(issues)
  // What nobody here knows is met by nothing; what is claimed was checked.
  const known = validator.profilesFor(type)
  const met = (url: string): boolean => known.includes(url) && (claims.includes(url) || errorsIn(by(url)) === errors)
  if (required.some(met)) return issues
  const text = `${type} must meet one of the profiles that this tenant requires: ${required.join(', ')}`
  return [
    { severity: 'error', stage: 'rule', rule: 'profile-required', code: 'structure', text, expression: type },
    ...issues
  ]
}

const errorsIn = (issues: readonly ValidationIssue[]): number =>
  issues.filter(({ severity }) => severity === 'error').length

/** An expression that begins with the type of its resource, seen from the Bundle. */
const moved = (expression: string, at: string): string => expression.replace(/^[A-Za-z]+/, at)

/** An issue with its place as seen from the Bundle, when the resource lies in one (`at`). */
export const placed = (issue: Issue, at: string | undefined): Issue =>
  at && issue.expression ? { ...issue, expression: moved(issue.expression, at) } : issue

/** Throws what refuses the write: 400 when the form itself is wrong, else 422. Returns the rest. */
export function refuseInvalid(issues: readonly ValidationIssue[]): Issue[] {
  const all = issues.map(toIssue)
  if (!all.some(isFatal)) return all
  const structural = issues.some(issue => issue.severity === 'error' && issue.stage === 'structure')
  // What must be mended stands first, whatever was noticed on the way there.
  throw new FhirError([...all.filter(isFatal), ...all.filter(issue => !isFatal(issue))], {
    status: structural ? 400 : 422
  })
}

export const toIssue = ({ severity, code, text, expression, rule }: ValidationIssue): Issue => ({
  severity,
  code: code as IssueType,
  text,
  expression,
  rule
})

/** Throws 400 when an object of the body has a key twice: JSON.parse would silently keep the last. */
export function refuseDuplicateKeys(text: string, root: string): void {
  refuseInvalid(duplicateKeys(text, root))
}

/** Does it; what it throws is told with its place in the Bundle, when the resource lies in one (`at`). */
export function placedError<T>(at: string | undefined, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!at || !(error instanceof FhirError)) throw error
    throw new FhirError(
      error.issues.map(issue => placed(issue, at)),
      error
    )
  }
}
