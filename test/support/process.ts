/** Processes of a script of the tests, which say lines and are killed. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Child {
  pid: number
  /** Lines said so far. */
  said: string[]
  /** Waits until so many lines were said; throws when the process ends before. */
  lines: (count: number) => Promise<void>
  /** SIGKILL, and waits for the end. */
  kill: () => Promise<void>
}

export function processes(script: URL): { start: (...args: string[]) => Child; endAll: () => Promise<void> } {
  const started: Child[] = []
  const start = (...args: string[]): Child => {
    const child = run(fileURLToPath(script), args)
    started.push(child)
    return child
  }
  return { start, endAll: async () => void (await Promise.all(started.splice(0).map(child => child.kill()))) }
}

function run(script: string, args: string[]): Child {
  const env = { ...process.env, NODE_OPTIONS: '' }
  const child = spawn(process.execPath, ['--import', 'tsx', script, ...args], {
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const said: string[] = []
  let [complaints, ended, changed] = ['', false, (): void => undefined]
  const exit = new Promise<void>(done => child.once('close', () => done()))
  void exit.then(() => {
    ended = true
    changed()
  })
  child.stderr.on('data', chunk => (complaints += String(chunk)))
  createInterface({ input: child.stdout }).on('line', line => {
    said.push(line)
    changed()
  })
  const lines = async (count: number): Promise<void> => {
    while (said.length < count) {
      if (ended) throw new Error(`The process ended after ${said.length} lines: ${complaints}`)
      await new Promise<void>(done => (changed = done))
    }
  }
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await exit
  }
  return { pid: child.pid ?? 0, said, lines, kill }
}
