/**
 * Statistics for the planner of the embedded database: PGlite has no autovacuum, and without them a chain of a few
 * dozen rows is planned as loops within loops. They are taken anew each time the number of writes has doubled.
 */
const FIRST = 25

/** Counts writes; `analyze` runs after the 25th, 50th, 100th ... and failures of it are of no consequence. */
export function keepStatistics(analyze: () => Promise<void>): <T>(write: Promise<T>) => Promise<T> {
  let writes = 0
  let next = FIRST
  return async write => {
    const result = await write
    if (++writes === next) {
      next *= 2
      void analyze().catch(() => undefined)
    }
    return result
  }
}
