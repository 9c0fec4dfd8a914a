/** The links of a searchset: self with what was really used, first, previous and next. https://hl7.org/fhir/R4/http.html#paging */
import { CURSOR, sealCursor, type Seal } from './cursor.js'
import type { Cursor, SearchPlan } from './plan.js'
import { joinQuery } from './query-string.js'

export interface PageLink {
  relation: 'self' | 'first' | 'previous' | 'next'
  url: string
}

/** `opened` is the plan as the store got it (cursor opened); `page` tells what lies around the page. */
export function pageLinks(
  base: string,
  opened: SearchPlan,
  page: { previous?: Cursor; next?: Cursor },
  seal: Seal
): PageLink[] {
  const used = joinQuery(opened.used)
  const link = (relation: PageLink['relation'], cursor?: Cursor): PageLink => {
    const position = cursor ? joinQuery([[CURSOR, sealCursor(seal, opened, cursor)]]) : ''
    const query = [used, position].filter(Boolean).join('&')
    return { relation, url: `${base}${opened.system ? '' : `/${opened.type}`}${query && `?${query}`}` }
  }
  return [
    link('self', opened.after),
    ...(opened.count > 0 ? [link('first')] : []),
    ...(page.previous ? [link('previous', page.previous)] : []),
    ...(page.next ? [link('next', page.next)] : [])
  ]
}
