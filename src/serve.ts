/** The server with the settings of the environment, until it is told to stop. */
import pino from 'pino'
import { seedDemo } from '../seeds/demo/index.js'
import { mailConfig, openApp } from './app.js'
import { readConfig } from './config.js'
import { listen } from './http/index.js'
import { welcome } from './welcome.js'

/** Throws when it cannot start: ConfigError, or what the database or the port says. */
export async function serve(): Promise<void> {
  const config = readConfig(process.env)
  const log = pino({ level: config.logLevel })
  const demo = !config.databaseUrl && !config.production
  const app = await openApp(config, log, demo ? { seed: seedDemo } : {})
  const server = await listen(config, origin => app.handler(origin)).catch(async (error: unknown) => {
    await app.close()
    throw error
  })
  process.stdout.write(
    welcome(server.url, demo, config.mailWorker && !config.smtpUrl ? mailConfig(config).folder : undefined)
  )
  let stopping = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (stopping) process.exit(1)
      stopping = true
      void server
        .close()
        .then(() => app.close())
        .then(() => process.exit(0))
    })
}
