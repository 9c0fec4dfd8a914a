/** The measured as a table of Markdown and as a chart of text. */
import type { Measured, Speed } from './measure.js'

const number = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toFixed(1))

export function table(measured: readonly Measured[]): string {
  const head = [
    'practitioners',
    'case',
    'bytes',
    'req/s',
    'p50 ms',
    'p99 ms',
    'floor req/s',
    'of floor',
    'goal',
    'CPU µs: process + database',
    'floor CPU µs',
    'of floor by CPU',
    'buffers',
    'rows'
  ]
  const rows = measured.map(({ size, name, bytes, server, floor, ratio, goal, below, growth }) => [
    String(size),
    name,
    String(bytes),
    number(server.perSecond),
    number(server.p50),
    number(server.p99),
    number(floor.perSecond),
    `${ratio.median.toFixed(2)} (${ratio.lowest.toFixed(2)} to ${ratio.highest.toFixed(2)})`,
    goal !== undefined
      ? `${goal} ${ratio.median >= goal ? 'met' : 'MISSED'}`
      : below !== undefined
        ? belowGoal(server.p50, below)
        : '',
    cpu(server),
    cpu(floor),
    ((floor.own + floor.database) / (server.own + server.database)).toFixed(2),
    `${growth.buffers}${grown(measured, size, name)}`,
    String(growth.rows)
  ])
  return [head, head.map(() => '---'), ...rows].map(row => `| ${row.join(' | ')} |`).join('\n')
}

const cpu = ({ own, database }: Speed): string => `${own.toFixed(0)} + ${database.toFixed(0)}`

const belowGoal = (p50: number, below: number): string => `p50 < ${below} ms ${p50 < below ? 'met' : 'MISSED'}`

/** Beside the smallest size; at the largest at most 1.5 times as many are wanted. */
function grown(measured: readonly Measured[], size: number, name: string): string {
  const smallest = measured.find(each => each.name === name)!
  if (smallest.size === size || smallest.growth.buffers === 0) return ''
  const times =
    measured.find(each => each.name === name && each.size === size)!.growth.buffers / smallest.growth.buffers
  return ` (x${times.toFixed(2)})`
}

const WIDTH = 50

/** The part of the floor's speed that each case has; | is the goal. */
export function chart(measured: readonly Measured[]): string {
  const longest = Math.max(...measured.map(({ name }) => name.length))
  return measured
    .map(({ size, name, ratio, goal }) => {
      const filled = Math.min(WIDTH, Math.round(ratio.median * WIDTH))
      const cells: string[] = Array.from({ length: WIDTH }, (_, index) => (index < filled ? '#' : '.'))
      if (goal !== undefined) cells[Math.min(WIDTH - 1, Math.round(goal * WIDTH))] = '|'
      return `${String(size).padStart(8)} ${name.padEnd(longest)} ${cells.join('')} ${ratio.median.toFixed(2)}`
    })
    .join('\n')
}
