/** Nearest known word, for "did you mean". */

import type { Context } from './context.js'

const LIMIT = 300
/** Shorter words have too many neighbours. */
const SHORTEST = 4
const LONGEST = 200

/** The candidate nearest to `word`, when few enough letters differ for it to be a slip. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const allowed = Math.min(3, Math.floor(word.length / 3))
  if (word.length < SHORTEST || word.length > LONGEST) return undefined
  let best: string | undefined
  let bestDistance = allowed + 1
  let seen = 0
  for (const candidate of candidates) {
    if (++seen > LIMIT) break
    if (Math.abs(candidate.length - word.length) >= bestDistance) continue
    const found = distance(word.toLowerCase(), candidate.toLowerCase())
    if (found < bestDistance) [best, bestDistance] = [candidate, found]
  }
  return best
}

/** ` Did you mean x?` or nothing. */
export const didYouMean = (word: string, candidates: Iterable<string>, ctx: Context): string =>
  phrase(ctx.suggest(() => nearest(word, candidates)))

/** Bounds what hostile urls can fill. */
const MOST_REMEMBERED = 1000

/** The same among urls of the same site (a slip is in the last part), remembered: the same ones are met again and again. */
export function createUrlHints(known: () => Iterable<string>): (url: string, ctx: Context) => string {
  const hints = new Map<string, string>()
  let all: readonly string[] | undefined
  return (url, ctx) => {
    const remembered = hints.get(url)
    if (remembered !== undefined) return remembered
    const hint = ctx.suggest(() => {
      const site = url.slice(0, url.lastIndexOf('/') + 1)
      return phrase(
        nearest(
          url,
          (all ??= [...known()]).filter(each => each.startsWith(site))
        )
      )
    })
    if (hint !== undefined && hints.size < MOST_REMEMBERED && url.length < LONGEST) hints.set(url, hint)
    return hint ?? ''
  }
}

export const phrase = (found: string | undefined): string => (found === undefined ? '' : ` Did you mean "${found}"?`)

/** Edits (insert, delete, replace, swap of neighbours) between two words. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let cost = Math.min(previous[j]! + 1, row[j - 1]! + 1, previous[j - 1]! + (same ? 0 : 1))
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    before = previous
    previous = row
  }
  return previous[b.length]!
}
