/** Page links: opaque, sealed, and of one tenant, caller and search. */
import { describe, expect, test } from '@jest/globals'
import { openCursor, sealCursor, type Seal } from '../../src/search/cursor.js'
import { pageLinks } from '../../src/search/links.js'
import { parseSearch } from '../../src/search/parse.js'
import type { Cursor, SearchPlan } from '../../src/search/plan.js'
import { registry } from './made-up.js'

const BASE = 'http://here/fhir/R4'
const SEAL: Seal = { key: 'secret', tenant: 'a', subject: 's' }
const CURSOR: Cursor = { sort: ['o|ß,', null], id: 'p-1' }
const plan = (query: string, type = 'Person'): SearchPlan =>
  parseSearch(registry, type, query, { base: BASE, strict: false, maxCount: 1000, now: new Date(0) })
const QUERY = 'name=a&_sort=name,born&_count=2'
const sealed = sealCursor(SEAL, plan(QUERY), CURSOR)

test('a cursor comes back as it went, forward and backward', () => {
  expect(openCursor(SEAL, plan(`${QUERY}&_cursor=${sealed}`))).toEqual({ ...plan(QUERY), after: CURSOR })
  const back = { ...CURSOR, backward: true }
  expect(openCursor(SEAL, plan(`_cursor=${sealCursor(SEAL, plan(''), back)}`)).after).toEqual(back)
  expect(openCursor(SEAL, plan(QUERY))).toEqual(plan(QUERY))
})

test('one that is said twice is the same one; two are none', () => {
  expect(openCursor(SEAL, plan(`${QUERY}&_cursor=${sealed}&_cursor=${sealed}`)).after).toEqual(CURSOR)
  expect(() => openCursor(SEAL, plan(`${QUERY}&_cursor=${sealed}&_cursor=x`))).toThrow(/altered/)
})

test('what clients add for the form of the answer does not matter', () => {
  expect(openCursor(SEAL, plan(`${QUERY}&_format=json&_cursor=${sealed}&_pretty=true`)).after).toEqual(CURSOR)
})

describe('refused with 400', () => {
  const refused = (seal: Seal, query: string, type?: string): void => {
    expect(() => openCursor(seal, plan(query, type))).toThrow(
      expect.objectContaining({
        status: 400,
        issues: [expect.objectContaining({ code: 'value', expression: '_cursor' })]
      })
    )
  }
  test.each([
    ['another tenant', { ...SEAL, tenant: 'b' }, QUERY],
    ['another caller', { ...SEAL, subject: 't' }, QUERY],
    ['another key', { ...SEAL, key: 'other' }, QUERY],
    ['another query', SEAL, 'name=b&_sort=name,born&_count=2'],
    ['a page of another size', SEAL, 'name=a&_sort=name,born&_count=3']
  ])('%s', (_, seal, query) => refused(seal, `${query}&_cursor=${sealed}`))
  test('another type', () => refused(SEAL, `_cursor=${sealCursor(SEAL, plan(''), CURSOR)}`, 'Team'))
  test.each([
    ...Array.from(sealed, (_, at) => sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)),
    `${sealed}=`,
    sealed.slice(0, -1),
    `${sealed}.x`,
    'x',
    '.',
    '*'
  ])('%s', altered => refused(SEAL, `${QUERY}&_cursor=${encodeURIComponent(altered)}`))
})

test('a link that was altered is refused, whichever character it was', () => {
  const link = `${QUERY}&_elements=name&_cursor=${sealCursor(SEAL, plan(`${QUERY}&_elements=name`), CURSOR)}`
  expect(openCursor(SEAL, plan(link)).after).toEqual(CURSOR)
  const opened = [...link].flatMap((old, at) =>
    ['q', 'Z', '7', '&', '=', '.', ';', '_', '+', '%'].flatMap(put => {
      const altered = link.slice(0, at) + put + link.slice(at + 1)
      try {
        if (put !== old) openCursor(SEAL, plan(altered))
      } catch (error) {
        expect(error).toMatchObject({ status: 400 })
        return []
      }
      return put === old ? [] : altered
    })
  )
  expect(opened).toEqual([])
})

test('links: self says what was used, the rest lead around', () => {
  const asked = plan('colour=red&name=a|b,c d&_count=2')
  const links = pageLinks(BASE, asked, { next: CURSOR }, SEAL)
  expect(links.map(({ relation }) => relation)).toEqual(['self', 'first', 'next'])
  expect(links[0]!.url).toBe(`${BASE}/Person?name=a%7Cb,c%20d&_count=2`)
  expect(links[1]!.url).toBe(links[0]!.url)
  const next = openCursor(SEAL, plan(new URL(links[2]!.url).search))
  expect(next.after).toEqual(CURSOR)
  const inner = pageLinks(BASE, next, { next: CURSOR, previous: { ...CURSOR, backward: true } }, SEAL)
  expect(inner.map(({ relation }) => relation)).toEqual(['self', 'first', 'previous', 'next'])
  expect(inner[0]!.url).toBe(links[2]!.url)
  expect(pageLinks(BASE, plan('_count=0'), {}, SEAL).map(({ relation }) => relation)).toEqual(['self'])
})
