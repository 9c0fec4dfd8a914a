/** Puts the parts together: the only file that knows all of them. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from 'pino'
import { hashSecret, openAuth } from './auth/index.js'
import { ConfigError, type Config } from './config.js'
import type { Context } from './interactions/context.js'
import { createHttp, FHIR_PATH } from './http/index.js'
import { dispatch } from './interactions/dispatch.js'
import { operations } from './operations/index.js'
import { openValidator } from './open-validator.js'
import { projectVersion } from './project-folder.js'
import { registry } from './resources/index.js'
import { rules } from './resources/rules.js'
import type { SystemStore } from './store/ports.js'
import { openDatabase, type DatabaseConfig } from './store/postgres/open.js'
import type { Database } from './store/postgres/statement.js'
import { mailDoors } from './store/postgres/mail-doors.js'
import { createStores, createSystemStore } from './store/postgres/stores.js'
import { createTenancyStores } from './store/postgres/tenancy-store.js'
import { remember, settingsOf } from './tenancy/index.js'
import { hashToken, startMail, type MailConfig, type MailOptions } from './workers/index.js'
import type { Validator } from './validator/index.js'

export interface App {
  /** The handler, once the origin (`http://localhost:3000`) is known. */
  handler(origin: string): Promise<RequestListener>
  database: Database
  close(): Promise<void>
}

/** What a server is made of beside its settings. */
export interface Parts extends Pick<Context, 'registry' | 'rules'> {
  /** Fills a new embedded database. */
  seed?: DatabaseConfig['seed']
  clock: () => Date
}

/** Opens the database, brings its schema up to date, and makes what serves requests: the types of resources/ unless told. */
export async function openApp(config: Config, log: Logger, given: Partial<Parts> = {}): Promise<App> {
  const { databaseUrl, dataDir, poolSize, statementTimeout } = config
  const { seed, clock, ...served }: Parts = { registry, rules, clock: () => new Date(), ...given }
  const validator = validatorFor(config)
  const database = await openDatabase({
    dataDir,
    poolSize,
    statementTimeout: statementTimeout * 1000,
    ...(databaseUrl && { databaseUrl }),
    ...(seed && { seed })
  })
  await database.migrate()
  const stops: (() => Promise<void>)[] = []
  return {
    database,
    close: async () => {
      await Promise.all(stops.map(stop => stop()))
      await database.close()
    },
    async handler(origin) {
      const system = createSystemStore(database, () => mail?.wake())
      const settings = remember(async id => {
        const row = await system.tenant(id)
        return row && settingsOf(id, row)
      })
      database.onTenantChange(id => settings.forget(id))
      const base = `${origin}${FHIR_PATH}`
      const auth = await openAuth({ ...config, system, origin, base, clock })
      const key = await pageKey(system)
      const doors = mailDoors(database)
      const mail = config.mailWorker
        ? startMail({ doors, key, origin, failed: told(log), ...mailConfig(config) })
        : undefined
      if (mail) stops.push(mail.stop)
      const contexts = {
        stores: createStores(database, served.registry, mail?.wake),
        system,
        server: { version: projectVersion(), started: clock(), cors: config.corsOrigins.length > 0 },
        ...served,
        operations,
        validator,
        hash: hashSecret,
        trail: system,
        pageKey: key,
        chainSteps: config.chainSteps,
        tenantSettings: settings.find,
        clock
      }
      return createHttp({
        origin,
        auth,
        dispatch,
        contexts,
        tokensPerMinute: config.tokensPerMinute,
        writesPerMinute: config.writesPerMinute,
        trustProxy: config.trustProxy,
        corsOrigins: config.corsOrigins,
        users: system,
        tenancy: createTenancyStores(database, mail?.wake),
        invitations: { doors, hashToken, hash: hashSecret },
        ready: () => readiness(database),
        log,
        bodyLimit: config.bodyLimit
      })
    }
  }
}

/** What was read of packages is kept in DATA_DIR. Throws ConfigError, of one line, when one cannot be used. */
function validatorFor({ fhirPackages, dataDir }: Config): Validator {
  const temporary = dataDir === 'memory:' ? mkdtempSync(join(tmpdir(), 'locum-packages-')) : undefined
  try {
    return openValidator(fhirPackages, temporary ?? join(dataDir, 'packages'))
  } catch (cause) {
    throw new ConfigError((cause as Error).message, { cause })
  } finally {
    if (temporary) rmSync(temporary, { recursive: true })
  }
}

/** Where mail goes: a server, else a folder. */
export const mailConfig = ({ smtpUrl, mailFrom, mailDir, dataDir }: Config): MailConfig => ({
  ...(smtpUrl && { smtpUrl }),
  from: mailFrom,
  folder: mailDir ?? join(dataDir === 'memory:' ? tmpdir() : dataDir, 'mail')
})

/** Which entry failed and why, never whom it is for. */
const told =
  (log: Logger): MailOptions['failed'] =>
  (error, entry) =>
    log.error({ err: error, ...(entry && { entry: entry.id, kind: entry.kind, attempts: entry.attempts }) }, 'mail')

/** A secret that all processes share: made from the oldest signing key. */
async function pageKey(system: SystemStore): Promise<string> {
  const keys = await system.signingKeys()
  return createHash('sha256')
    .update(`page links ${JSON.stringify(keys.at(-1))}`)
    .digest('base64url')
}

async function readiness(database: Database): Promise<Record<string, boolean>> {
  const alive = await database.system({ text: 'select 1', values: [] }).then(
    () => true,
    () => false
  )
  return { database: alive }
}
