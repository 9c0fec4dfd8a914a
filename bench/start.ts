/** What the validator adds to the start of a server: time and memory, each package list in a process of its own. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { projectFolder } from '../src/project-folder.js'
import { practitioner } from '../test/validator/fixture.js'

const cache = fileURLToPath(new URL('packages', projectFolder('generated')))

export interface Cost {
  /** Milliseconds until the first resource is validated. */
  ms: number
  /** Megabytes of heap and buffers that stay. */
  MB: number
}

/** The first run reads packages in full and keeps what it read; later starts are what is told. */
export function costOfStart(packages: readonly string[]): Cost & { 'ms, first time': number } {
  const runs = Array.from({ length: 6 }, () => startElsewhere(packages))
  const [first, ...later] = runs as [Cost, ...Cost[]]
  const median = (of: (cost: Cost) => number) => later.map(of).sort((a, b) => a - b)[later.length >> 1]!
  return { ms: median(({ ms }) => ms), MB: median(({ MB }) => MB), 'ms, first time': first.ms }
}

function startElsewhere(packages: readonly string[]): Cost {
  const file = fileURLToPath(import.meta.url)
  const answer = execFileSync(process.execPath, ['--expose-gc', file, 'start', ...packages], { encoding: 'utf8' })
  return JSON.parse(answer) as Cost
}

async function start(packages: string[]): Promise<void> {
  const { openValidator } = await import('../src/open-validator.js')
  const before = held()
  const began = performance.now()
  openValidator(packages, cache).validate(practitioner)
  const ms = Math.round(performance.now() - began)
  process.stdout.write(JSON.stringify({ ms, MB: Math.round((held() - before) / 1e5) / 10 }))
}

function held(): number {
  globalThis.gc!()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

if (process.argv[2] === 'start') await start(process.argv.slice(3))
