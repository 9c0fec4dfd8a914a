/** Times of several things measured side by side: rounds are interleaved and medians told, as identical code differs between runs. */
const ROUNDS = 9
const ROUND_MS = 150

/** Microseconds of one run of each. */
export function measure(runs: readonly (() => void)[]): number[] {
  const times = runs.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) runs.forEach((run, which) => times[which]!.push(time(run)))
  return times.map(median)
}

function time(run: () => void): number {
  const start = performance.now()
  const end = start + ROUND_MS
  let runs = 0
  for (; performance.now() < end; runs++) run()
  return ((performance.now() - start) * 1000) / runs
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
