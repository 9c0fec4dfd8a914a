/** Processor time of the database's processes: where other programs share the machine, it tells more than the clock. */
import { readdirSync, readFileSync } from 'node:fs'
import pg from 'pg'

/** Clock ticks a second, on every Linux. */
const TICKS = 100

/** Milliseconds so far. Undefined where the server is on another machine or the system is no Linux. */
export async function databaseCpu(url: string): Promise<(() => number) | undefined> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client
    .query<{ folder: string }>(`select current_setting('data_directory') as folder`)
    .finally(() => client.end())
  try {
    const postmaster = readFileSync(`${rows[0]!.folder}/postmaster.pid`, 'utf8').split('\n')[0]!
    readFileSync(`/proc/${postmaster}/stat`)
    return () => childrenOf(postmaster)
  } catch {
    return undefined
  }
}

function childrenOf(postmaster: string): number {
  const ticks = readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(pid => {
      const [parent, user, system, userOfEnded, systemOfEnded] = statOf(pid)
      if (pid === postmaster) return Number(userOfEnded) + Number(systemOfEnded)
      return parent === postmaster ? Number(user) + Number(system) : 0
    })
  return (ticks.reduce((sum, each) => sum + each, 0) * 1000) / TICKS
}

/** Parent, user and system time, and both of children that ended. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function statOf(pid: string): string[] {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return [fields[1]!, ...fields.slice(11, 15)]
  } catch {
    return [] // it ended meanwhile
  }
}
