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

export const CURSOR = '_cursor'
/** What no other text ends in: so a position is known whatever it is called. */
const SEALED = /page\.[\w-]+\.[\w-]{43}$/

/** `page.base64url(json).base64url(hmac)`. */
export function sealCursor(seal: Seal, plan: Sought, cursor: Cursor): string {
  return sealed(seal, plan, Buffer.from(JSON.stringify(positionOf(cursor))).toString('base64url'))
}

/**
 * The position among the parameters of a query. It is '', which no search has, where there are two, or one by another name:
 * such a link was altered, and as an unknown parameter it would lead to the first page.
 */
export function cursorIn(pairs: readonly (readonly [string, string])[]): string | undefined {
  const found = pairs.filter(([name, value]) => name === CURSOR || SEALED.test(value) || SEALED.test(name))
  if (found.length === 0) return undefined
  const [[name, value] = [], ...more] = found
  return name === CURSOR && more.length === 0 ? value : ''
}

type Position = [sort: Cursor['sort'], id: string, backward: 0 | 1, type?: string]
const positionOf = ({ sort, id, type, backward }: Cursor): Position =>
  type === undefined ? [sort, id, backward ? 1 : 0] : [sort, id, backward ? 1 : 0, type]

/** The plan with `after` in the place of `cursor`. Throws 400 `value` when the cursor was not made for this search. */
export function openCursor<P extends Sought>(seal: Seal, plan: P): Omit<P, 'cursor'> & { after?: Cursor } {
  const { cursor, ...opened } = plan
  if (cursor === undefined) return plan
  const [, body = ''] = cursor.split('.')
  // As texts: several texts decode to the same bytes.
  const [given, right] = [Buffer.from(cursor), Buffer.from(sealed(seal, plan, body))]
  if (given.length !== right.length || !timingSafeEqual(given, right)) {
    throw fhirError(
      'value',
      'This page link was altered or belongs to another search: start again from the first page',
      { expression: CURSOR }
    )
  }
  const [sort, id, backward, type] = JSON.parse(Buffer.from(body, 'base64url').toString()) as Position
  return {
    ...opened,
    after: { sort, id, ...(type !== undefined && { type }), ...(backward === 1 && { backward: true }) }
  }
}

function sealed(seal: Seal, plan: Sought, body: string): string {
  const query = plan.used.filter(([name]) => !FREE.has(name))
  const mac = createHmac('sha256', seal.key).update(JSON.stringify([seal.tenant, seal.subject, plan.type, query, body]))
  return `page.${body}.${mac.digest('base64url')}`
}
