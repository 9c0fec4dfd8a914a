/** A server of the demo data on a port of its own, for clients that do HTTP by themselves. */
import knexFactory from 'knex'
import pino from 'pino'
import { seedDemo } from '../../seeds/demo/index.js'
import { openApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { listen } from '../../src/http/index.js'
import { knexConfig } from '../../src/store/postgres/migrate.js'
import { testDatabase } from './database.js'

export interface LiveServer {
  /** No slash at the end. */
  url: string
  /** FHIR base. */
  base: string
  close(): Promise<void>
}

/** `secret` is that of the demo client; `environment` are further settings. */
export async function liveServer(
  secret = 'demo-secret',
  environment: Record<string, string> = {}
): Promise<LiveServer> {
  const { url: databaseUrl, drop } = await testDatabase()
  const knex = knexFactory(knexConfig(databaseUrl))
  await seedDemo(knex, secret)
  await knex.destroy()
  const config = readConfig({
    ...{ DATABASE_URL: databaseUrl, PORT: '0', MAIL_WORKER: 'off', STOP_SECONDS: '0' },
    ...environment
  })
  const app = await openApp(config, pino({ level: 'silent' }))
  const listening = await listen(config, origin => app.handler(origin))
  return {
    url: listening.url,
    base: `${listening.url}/fhir/R4`,
    close: async () => {
      await listening.close()
      await app.close()
      await drop()
    }
  }
}

/** An access token of the demo client, by its secret. */
export async function liveToken({ url }: LiveServer, secret = 'demo-secret'): Promise<string> {
  const answer = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'demo', client_secret: secret })
  })
  return ((await answer.json()) as { access_token: string }).access_token
}
