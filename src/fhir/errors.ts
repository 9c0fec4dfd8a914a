/** The one kind of error that layers throw: issues of an OperationOutcome, and the HTTP status they amount to. */

export type Severity = 'fatal' | 'error' | 'warning' | 'information'

export interface Issue {
  severity: Severity
  /** Code of http://hl7.org/fhir/issue-type. */
  code: IssueType
  /** What is wrong and what to do, for a stranger. */
  text: string
  /** FHIRPath of the place, indexed; or the name of the search parameter or header. */
  expression?: string
  /** Key of the rule that spoke, such as `dom-3` or `P2`. */
  rule?: string
}

/** Issue type -> HTTP status, where the thrower names none. https://hl7.org/fhir/R4/http.html */
const STATUS = {
  invalid: 400,
  structure: 400,
  required: 400,
  value: 400,
  invariant: 422,
  'code-invalid': 422,
  'business-rule': 422,
  extension: 422,
  login: 401,
  unknown: 401,
  expired: 401,
  security: 403,
  forbidden: 403,
  suppressed: 403,
  'not-found': 404,
  'not-supported': 400,
  deleted: 410,
  duplicate: 409,
  conflict: 409,
  'multiple-matches': 412,
  'too-costly': 400,
  'too-long': 413,
  'lock-error': 503,
  throttled: 429,
  timeout: 503,
  transient: 503,
  exception: 500,
  processing: 422,
  incomplete: 422,
  informational: 200
} as const

export type IssueType = keyof typeof STATUS

export interface FhirErrorOptions {
  status?: number
  headers?: Record<string, string>
  expression?: string
  rule?: string
  /** What went wrong inside: logged, never told. */
  cause?: unknown
}

export class FhirError extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(
    readonly issues: Issue[],
    options: Pick<FhirErrorOptions, 'status' | 'headers' | 'cause'> = {}
  ) {
    super(issues.map(issue => issue.text).join('; '), options)
    const worst = issues.find(issue => issue.severity === 'error' || issue.severity === 'fatal') ?? issues[0]
    this.status = options.status ?? (worst ? STATUS[worst.code] : 500)
    this.headers = options.headers ?? {}
  }
}

/** One error with one issue: `throw fhirError('not-found', 'There is no ...')`. */
export function fhirError(code: IssueType, text: string, options: FhirErrorOptions = {}): FhirError {
  return new FhirError([error(code, text, options.expression, options.rule)], options)
}

/** The same error with each issue changed; what is no FhirError stays as it is. */
export const retold = (thrown: unknown, change: (issue: Issue) => Issue): unknown =>
  thrown instanceof FhirError ? new FhirError(thrown.issues.map(change), thrown) : thrown

/** What is told of an error that nobody expected: nothing of the inside. */
export const unexpected = (requestId: string): FhirError =>
  fhirError('exception', `Something went wrong on the server. Report it with the request id ${requestId}`)

/** What an operator should hear of: an error that nobody expected, or what stands behind one that is told. */
export const insideOf = (thrown: unknown): unknown => (thrown instanceof FhirError ? thrown.cause : thrown)

/** An issue of severity error. */
export function error(code: IssueType, text: string, expression?: string, rule?: string): Issue {
  return { severity: 'error', code, text, ...(expression && { expression }), ...(rule && { rule }) }
}

/** An issue of severity warning. */
export function warning(code: IssueType, text: string, expression?: string, rule?: string): Issue {
  return { ...error(code, text, expression, rule), severity: 'warning' }
}

/** True when an issue refuses the request. */
export const isFatal = (issue: Issue): boolean => issue.severity === 'error' || issue.severity === 'fatal'
