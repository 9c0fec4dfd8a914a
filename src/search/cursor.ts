/**
 * Page positions as opaque text, sealed with an HMAC over tenant, caller and query: one that was altered, or that comes
 * from another tenant, caller or search, is refused.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { fhirError } from '../fhir/errors.js'
import type { Cursor, SearchPlan } from './plan.js'

/** Whose search it is, and the secret that all processes of the server share. */
export interface Seal {
  key: string | Uint8Array
  tenant: string
  subject: string
}

/** What a position belongs to. */
export type Sought = Pick<SearchPlan, 'type' | 'used' | 'cursor'>

/** Clients add these to links that they were given: they do not change which rows a page has. */
const FREE: ReadonlySet<string> = new Set(['_format', '_pretty'])

/** `base64url(json).base64url(hmac)`. */
export function sealCursor(seal: Seal, plan: Sought, cursor: Cursor): string {
  const body = Buffer.from(JSON.stringify(positionOf(cursor))).toString('base64url')
  return `${body}.${mac(seal, plan, body)}`
}

type Position = [sort: Cursor['sort'], id: string, backward: 0 | 1, type?: string]
const positionOf = ({ sort, id, type, backward }: Cursor): Position =>
  type === undefined ? [sort, id, backward ? 1 : 0] : [sort, id, backward ? 1 : 0, type]

/** The plan with `after` in the place of `cursor`. Throws 400 `value` when the cursor was not made for this search. */
export function openCursor<P extends Sought>(seal: Seal, plan: P): Omit<P, 'cursor'> & { after?: Cursor } {
  const { cursor, ...opened } = plan
  if (cursor === undefined) return plan
  const [body = '', ...signature] = cursor.split('.')
  // As texts: several texts decode to the same bytes.
  const [given, right] = [Buffer.from(signature.join('.')), Buffer.from(mac(seal, plan, body))]
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    throw fhirError(
      'value',
      'This page link was altered or belongs to another search: start again from the first page',
      {
        expression: '_cursor'
      }
    )
  }
  const [sort, id, backward, type] = JSON.parse(Buffer.from(body, 'base64url').toString()) as Position
  return {
    ...opened,
    after: { sort, id, ...(type !== undefined && { type }), ...(backward === 1 && { backward: true }) }
  }
}

function mac(seal: Seal, plan: Sought, body: string): string {
  const query = plan.used.filter(([name]) => !FREE.has(name))
  return createHmac('sha256', seal.key)
    .update(JSON.stringify([seal.tenant, seal.subject, plan.type, query, body]))
    .digest('base64url')
}
