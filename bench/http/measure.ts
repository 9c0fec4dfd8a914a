/** Rounds of load, interleaved: the server and its floor take turns within each, so what disturbs the one disturbs the other. */
import autocannon from 'autocannon'
import type { BenchRequest, Case } from './cases.js'
import type { Growth } from './growth.js'
import type { Cpu, Learned, Ready } from './server.js'

export interface Speed {
  /** Requests a second, milliseconds: medians over the rounds. */
  perSecond: number
  p50: number
  p99: number
  /** Microseconds of processor time a request, of the process and of the database's. */
  own: number
  database: number
}
export interface Measured {
  size: number
  name: string
  bytes: number
  server: Speed
  floor: Speed
  /** Of the server's speed to the floor's, round by round. */
  ratio: { median: number; lowest: number; highest: number }
  goal?: number
  below?: number
  growth: Growth
}

interface Options {
  size: number
  first: number
  rounds: number
  seconds: number
  connections: number
  cpu(): Promise<Cpu>
  /** Waits until the database has nothing to do. */
  drain(): Promise<void>
  say(line: string): void
}

interface Counters {
  server: number
  floor: number
}

export async function measure(
  chosen: readonly Case[],
  learned: readonly Learned[],
  ready: Ready,
  options: Options
): Promise<Measured[]> {
  const counters = new Map<Case, Counters>(
    chosen.map(each => [each, { server: options.first + 1, floor: options.first + 1 }])
  )
  const rounds = new Map<Case, { server: Speed; floor: Speed }[]>(chosen.map(each => [each, []]))
  for (const each of chosen) await warm(each, ready, counters.get(each)!, options)
  for (let round = 1; round <= options.rounds; round++)
    for (const each of chosen) {
      const run = (side: 'server' | 'floor'): Promise<Speed> => load(each, side, ready, counters.get(each)!, options)
      const [server, floor] =
        round % 2 === 0
          ? [await run('server'), await run('floor')]
          : await run('floor').then(async floor => [await run('server'), floor] as const)
      rounds.get(each)!.push({ server, floor })
      options.say(
        `round ${round}/${options.rounds}  ${each.name}: ${server.perSecond.toFixed(0)}/s, floor ${floor.perSecond.toFixed(0)}/s, ${(server.perSecond / floor.perSecond).toFixed(2)}`
      )
    }
  return chosen.map((each, index) => summary(each, learned[index]!, rounds.get(each)!, options.size))
}

/** So many requests, or for so many seconds, a side is not measured: code is compiled, statements are planned. */
const COLD = { requests: 2000, seconds: 8 }

async function warm(each: Case, ready: Ready, counters: Counters, options: Options): Promise<void> {
  for (const side of ['server', 'floor'] as const) {
    const started = counters[side]
    for (let seconds = 0; counters[side] - started < COLD.requests && seconds < COLD.seconds; seconds += 2)
      await load({ ...each, longer: 1 }, side, ready, counters, { ...options, seconds: 2 })
  }
}

/** Throws when a request is refused: what is refused is quick. */
async function load(
  each: Case,
  side: keyof Counters,
  ready: Ready,
  counters: Counters,
  options: Options
): Promise<Speed> {
  const next = (): BenchRequest & { n: number } => {
    const n = counters[side]++
    return { ...each.request(n), n }
  }
  // What a side left behind must not be the other's burden.
  await options.drain()
  const before = await options.cpu()
  const result = await autocannon({
    url: side === 'server' ? ready.origin : ready.floor,
    connections: each.connections ?? options.connections,
    duration: options.seconds * (each.longer ?? 1),
    requests: [
      {
        setupRequest: request => {
          const { method, path, body, n } = next()
          return {
            ...request,
            method,
            path: side === 'server' ? encodeURI(`/fhir/R4/${path}`) : `/${encodeURIComponent(each.name)}/${n}`,
            headers: { authorization: `Bearer ${ready.tokens[each.tenant]}`, 'content-type': 'application/fhir+json' },
            ...(body !== undefined && { body })
          }
        }
      }
    ]
  })
  const refused = result.non2xx + result.errors + result.timeouts
  if (refused > 0)
    throw new Error(`${each.name}, ${side}: ${refused} of ${result.requests.total} requests were refused`)
  const after = await options.cpu()
  const used = (kind: keyof Cpu): number => ((after[kind] - before[kind]) * 1000) / Math.max(1, result['2xx'])
  const { p50, p99 } = result.latency
  return { perSecond: result['2xx'] / result.duration, p50, p99, own: used('own'), database: used('database') }
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!

function summary(
  each: Case,
  { bytes, growth }: Learned,
  rounds: readonly { server: Speed; floor: Speed }[],
  size: number
): Measured {
  const ratios = rounds.map(({ server, floor }) => server.perSecond / floor.perSecond)
  const speed = (side: 'server' | 'floor'): Speed => ({
    perSecond: median(rounds.map(round => round[side].perSecond)),
    p50: median(rounds.map(round => round[side].p50)),
    p99: median(rounds.map(round => round[side].p99)),
    own: median(rounds.map(round => round[side].own)),
    database: median(rounds.map(round => round[side].database))
  })
  return {
    size,
    name: each.name,
    bytes,
    server: speed('server'),
    floor: speed('floor'),
    ratio: { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
    ...(each.goal !== undefined && { goal: each.goal }),
    ...(each.below !== undefined && { below: each.below }),
    growth
  }
}
