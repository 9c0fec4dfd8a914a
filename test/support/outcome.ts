/** What an answer refuses, checked for its form. */
import type { OperationOutcome } from 'fhir/r4.js'
import type { Response } from 'supertest'

export interface Refusal {
  status: number
  code: string
  text: string
  expression: string | undefined
}

/** Status, and the first error of the OperationOutcome. Throws when the answer is none, or tells of the inside. */
export function refusal({ status, body, text, headers }: Response): Refusal {
  const { resourceType, issue } = body as OperationOutcome
  if (resourceType !== 'OperationOutcome') throw new Error(`${status} is no OperationOutcome: ${text}`)
  if (!headers['content-type']?.startsWith('application/fhir+json')) throw new Error('The answer is not FHIR JSON')
  if (/select |insert |constraint|node_modules|\.ts:|at Object/i.test(text))
    throw new Error(`Tells of the inside: ${text}`)
  const first = issue.find(({ severity }) => severity === 'error' || severity === 'fatal')
  if (!first?.details?.text) throw new Error(`No error with a text: ${text}`)
  return { status, code: first.code, text: first.details.text, expression: first.expression?.[0] }
}
