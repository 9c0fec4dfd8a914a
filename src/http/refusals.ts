/**
 * Refusals leave an entry in the audit trail: what a known caller may not, and what tells that something exists. By path
 * only: values that were sent or searched for stay out of it. https://hl7.org/fhir/R4/auditevent.html
 */
import type { Logger } from 'pino'
import { FhirError } from '../fhir/errors.js'
import { isId } from '../fhir/id.js'
import type { ContextParts } from './context.js'
import type { Notes } from './exchange.js'

export interface Refused {
  method: string
  /** Below the FHIR base; undefined elsewhere. */
  path: string | undefined
}

/** Writes the entry behind the answer, when the error is one to keep. */
export type NoteRefusal = (who: Notes, error: unknown, what: Refused) => void

export function refusalTrail({ trail, registry }: Pick<ContextParts, 'trail' | 'registry'>, log: Logger): NoteRefusal {
  return ({ subject, tenant, requestId }, error, { method, path }) => {
    if (!subject || !tenant || !(error instanceof FhirError)) return
    const action = actionOf(error)
    if (!action) return
    const [type = '', id = ''] = path?.split('/') ?? []
    const about = registry.has(type) ? { type, id: isId(id) ? id : '' } : { type: 'Organization', id: `t-${tenant}` }
    const detail = { method, status: error.status }
    trail
      .note(tenant, subject, { action, ...about, detail })
      .catch((failure: unknown) => log.error({ requestId, err: failure }, 'a refusal is not in the audit trail'))
  }
}

function actionOf({ status, issues }: FhirError): string | undefined {
  if (status === 401 || status === 403) return 'ACCESS_DENIED'
  return status === 409 && issues.some(({ code }) => code === 'duplicate') ? 'DUPLICATE_REFUSED' : undefined
}
