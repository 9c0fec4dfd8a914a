/**
 * Connections that cannot be had, or that end under way (restart, failover, an operator): answers that say to come again.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
import { fhirError, type FhirError } from '../../fhir/errors.js'

/** The server says good-bye, or the socket is at its end. */
const CODE = /^(08|57P|ECONN|EPIPE$|ETIMEDOUT$|ENOENT$|ENOTFOUND$|EAI_AGAIN$)/
/** pg says these by their text only. */
const TEXT = /^Connection terminated|connection error and is not queryable|^Client was closed/
/** As does the pool, when all are busy. */
const NO_CONNECTION = /timeout exceeded when trying to connect/

/** The end of the connection has come, or follows a moment later. */
export function isLost(thrown: unknown): boolean {
  const { code, message } = (thrown ?? {}) as { code?: unknown; message?: unknown }
  return CODE.test(String(code)) || TEXT.test(String(message))
}

/** What is told when no connection could be had. Anything else as it is. */
export function unreachable(error: unknown): unknown {
  if (NO_CONNECTION.test(String(error))) return comeAgain('The server has too much to do: try again in a moment')
  if (!isLost(error)) return error
  return comeAgain('The database cannot be reached: try again in a moment', error)
}

/** What is told when the connection ended under way: whether a commit that was sent took effect, nobody knows. */
export const lost = (error: unknown): FhirError =>
  comeAgain('The connection to the database was lost: look whether a write took effect before you try again', error)

const comeAgain = (text: string, cause?: unknown): FhirError =>
  fhirError('transient', text, { headers: { 'Retry-After': '2' }, ...(cause !== undefined && { cause }) })
