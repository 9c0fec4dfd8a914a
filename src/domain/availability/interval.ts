/** Half-open intervals of instants, and lists of them: sorted, disjoint and not touching. */

/** Epoch milliseconds. */
export type Instant = number

/** From `start` up to, not including, `end`. Empty unless `start < end`. */
export interface Interval {
  start: Instant
  end: Instant
}

/** All that any of the intervals covers, as a list; they may come in any order. */
export function union(intervals: Iterable<Interval>): Interval[] {
  const list: Interval[] = []
  const sorted = [...intervals].filter(({ start, end }) => start < end).sort((a, b) => a.start - b.start)
  for (const { start, end } of sorted) {
    const last = list.at(-1)
    if (last && start <= last.end) last.end = Math.max(last.end, end)
    else list.push({ start, end })
  }
  return list
}

/** What two lists both cover, as a list. */
export function intersect(a: readonly Interval[], b: readonly Interval[]): Interval[] {
  const list: Interval[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    const [x, y] = [a[i]!, b[j]!]
    const both = { start: Math.max(x.start, y.start), end: Math.min(x.end, y.end) }
    if (both.start < both.end) list.push(both)
    if (x.end < y.end) i++
    else j++
  }
  return list
}

/** Whether an interval shares an instant with any of a list. */
export function overlaps(list: readonly Interval[], { start, end }: Interval): boolean {
  let [low, high] = [0, list.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if (list[middle]!.end <= start) low = middle + 1
    else high = middle
  }
  return low < list.length && list[low]!.start < end
}
