/**
 * Before a run of the tests: a folder for a Postgres server, and a keeper that outlives the run. The server itself is
 * started by the first test that wants it (postgres.ts). The keeper waits for the end of the pipe from this process,
 * which comes however the process ends, then stops the server and removes the folder.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const KEEP = `read _
pid=$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null) && kill -INT "$pid" && while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
rm -rf "$0"`

export default function start() {
  const folder = mkdtempSync(join(tmpdir(), 'locum-test-'))
  const keeper = spawn('sh', ['-c', KEEP, folder], { stdio: ['pipe', 'ignore', 'ignore'], detached: true })
  keeper.unref()
  keeper.stdin.unref()
  process.env.LOCUM_TEST_FOLDER = folder
  globalThis.locumTestKeeper = keeper
}
