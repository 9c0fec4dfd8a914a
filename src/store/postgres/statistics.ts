/**
 * Statistics for the planner behind many writes: without them a chain, or a hundred look-ups in one statement, is planned
 * as loops within loops. PGlite has no autovacuum, and that of a server comes after a minute. They are taken anew each
 * time the number of written resources has doubled.
 */
const FIRST = 25

/** Counts writes; `analyze` runs after the 25th, 50th, 100th ... and failures of it are of no consequence. */
export function keepStatistics(analyze: () => Promise<unknown>): <T>(write: Promise<T>, count?: number) => Promise<T> {
  let writes = 0
  let next = FIRST
  return async (write, count = 1) => {
    const result = await write
    writes += count
    if (writes >= next) {
      next = 2 * writes
      void analyze().catch(() => undefined)
    }
    return result
  }
}
