/** Answers in FHIR's form: documents passed through as text, versions in headers. https://hl7.org/fhir/R4/http.html */
import { etag } from '../fhir/etag.js'
import { outcome } from '../fhir/outcome.js'
import type { Issue } from '../fhir/errors.js'
import type { StoredDocument, Written } from '../store/ports.js'
import type { Context, FhirRequest, FhirResponse } from './context.js'
import { preferredReturn } from './preference.js'

/** A resource as it is read. Computed resources have no version. */
export function documentAnswer(document: StoredDocument, status = 200): FhirResponse {
  return { status, headers: versionHeaders(document), body: document.text }
}

/** The caller has this version already. */
export const unchanged = (document: StoredDocument): FhirResponse => ({
  status: 304,
  headers: versionHeaders(document)
})

function versionHeaders({ version, updatedAt }: StoredDocument): Record<string, string> {
  return version > 0 ? { ETag: etag(version), 'Last-Modified': new Date(updatedAt).toUTCString() } : {}
}

/** The answer to a create or update, after what `Prefer: return=` asks. */
export function writtenAnswer(
  context: Context,
  request: FhirRequest,
  written: Written,
  issues: readonly Issue[]
): FhirResponse {
  const location = `${context.base}/${written.type}/${written.id}/_history/${written.version}`
  const headers = { ...versionHeaders(written), Location: location }
  const status = written.created ? 201 : 200
  const preference = preferredReturn(request.headers)
  if (preference === 'OperationOutcome') {
    const notes = issues.length > 0 ? issues : [done(written, request.method)]
    return { status, headers, body: outcome(notes), notes }
  }
  const answer = { status, headers: { ...headers, ...warningHeader(issues) }, notes: issues }
  return preference === 'minimal' ? answer : { ...answer, body: written.text }
}

/** So many warnings, and so much of each, are told in a header; `Prefer: return=OperationOutcome` tells all. */
const [TOLD, LONGEST] = [5, 500]

/**
 * Warnings to whom something is answered that has no place for them. That it has no narrative is none.
 * https://www.rfc-editor.org/rfc/rfc7234#section-5.5
 */
export function warningHeader(issues: readonly Issue[]): Record<string, string> {
  const worth = issues.filter(({ severity, rule }) => severity === 'warning' && rule !== 'dom-6')
  const values = worth.slice(0, TOLD).map(({ text }) => `199 - "${quotable(text)}"`)
  return values.length > 0 ? { Warning: values.join(', ') } : {}
}

const quotable = (text: string): string =>
  (text.length > LONGEST ? `${text.slice(0, LONGEST)} ...` : text).replaceAll('"', "'").replace(/[^ -~]|\\/g, '?')

/** What became of a write by its method; of a create that was not needed nothing did. */
export const done = ({ type, id, created }: Pick<Written, 'type' | 'id' | 'created'>, method: string): Issue =>
  information(`${type}/${id} ${created ? 'was created' : method === 'POST' ? 'is there already' : 'was updated'}`)

export const information = (text: string): Issue => ({ severity: 'information', code: 'informational', text })
