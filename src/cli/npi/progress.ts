/** How far a long command is: a bar on a terminal, else a line now and then. */
import { SingleBar } from 'cli-progress'

export interface Progress {
  /** `note` says what was counted beside the part that is done. */
  at(done: number, note: string): void
  /** Ends the bar, if there is one, and says a line. */
  say(line: string): void
  end(): void
}

const EVERY_MS = 5000

export function progress(total: number, output: NodeJS.WriteStream = process.stderr): Progress {
  return output.isTTY ? bar(total, output) : lines(total, output)
}

function bar(total: number, stream: NodeJS.WriteStream): Progress {
  const shown = new SingleBar({
    stream,
    format: '{bar} {percentage} % | {note} | {duration_formatted}',
    hideCursor: true
  })
  shown.start(total, 0, { note: '' })
  const end = (): void => {
    if (shown.isActive) shown.stop()
  }
  return {
    at: (done, note) => shown.update(done, { note }),
    say(line) {
      end()
      stream.write(`${line}\n`)
    },
    end
  }
}

function lines(total: number, output: NodeJS.WriteStream): Progress {
  let next = performance.now() + EVERY_MS
  return {
    at(done, note) {
      if (performance.now() < next) return
      next = performance.now() + EVERY_MS
      output.write(`${Math.floor((done / Math.max(total, 1)) * 100)} %, ${note}\n`)
    },
    say: line => void output.write(`${line}\n`),
    end: () => undefined
  }
}
