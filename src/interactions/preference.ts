/** What a client prefers: `Prefer: return=minimal, handling=strict`. https://hl7.org/fhir/R4/http.html#ops */
import type { FhirRequest } from './context.js'

type Headers = FhirRequest['headers']

export type Preferred = 'minimal' | 'OperationOutcome' | 'representation'

/** What a write is answered with. */
export function preferredReturn(headers: Headers): Preferred {
  const asked = preference(headers, 'return')
  return asked === 'minimal' ? asked : asked === 'operationoutcome' ? 'OperationOutcome' : 'representation'
}

/** Whether a search is to be refused for what would be left out. */
export const isStrict = ({ headers }: Pick<FhirRequest, 'headers'>): boolean =>
  preference(headers, 'handling') === 'strict'

/**
 * In whatever case and with quotes or without; of several the first one counts, in small letters.
 * https://www.rfc-editor.org/rfc/rfc7240#section-2
 */
function preference({ prefer = '' }: Headers, name: 'return' | 'handling'): string | undefined {
  const found = WRITTEN[name].exec(prefer)
  return (found?.[1] ?? found?.[2])?.toLowerCase()
}

const written = (name: string) => new RegExp(`(?:^|[\\s,;])${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,;"]+))`, 'i')
const WRITTEN = { return: written('return'), handling: written('handling') }
