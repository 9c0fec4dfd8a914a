/** After a run of the tests: the keeper stops the server that the tests had, see start-postgres.js. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

export default async function stop() {
  const started = join(process.env.LOCUM_TEST_FOLDER, 'server.json')
  if (process.env.TEST_DATABASE_URL && existsSync(started))
    await dropTemplate(JSON.parse(readFileSync(started, 'utf8')))
  const keeper = globalThis.locumTestKeeper
  if (keeper.exitCode !== null || keeper.signalCode !== null) return
  const ended = new Promise(done => keeper.once('exit', done))
  keeper.ref()
  keeper.stdin.end()
  await ended
}

async function dropTemplate({ url, template }) {
  const client = new pg.Client(url)
  await client.connect()
  await client.query(`drop database if exists ${template} with (force)`)
  await client.end()
}
