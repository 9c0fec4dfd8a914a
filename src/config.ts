/** Environment -> frozen Config. The table of settings below is the only list of them; the README's is made from it. */

import { issuers, names, origins, postgresUrl, size, webUrl, whole } from './config-values.js'

/** A variable of the environment has a value that is not allowed. The message is one line for the operator. */
export class ConfigError extends Error {}

interface Setting<T> {
  variable: string
  /** Text that counts when the variable is absent or empty; undefined = the setting then has no value. */
  fallback: string | undefined
  /** Completes "must be ...". */
  allowed: string
  about: string
  /** Undefined when the text is not allowed. */
  parse(text: string): T | undefined
  /** The value may hold a password and is not repeated in messages. */
  secret?: true
}

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const

const required = <T>(setting: Setting<T> & { fallback: string }) => setting as Setting<T> & { optional?: never }
const optional = <T>(setting: Omit<Setting<T>, 'fallback'>) => ({
  ...setting,
  fallback: undefined,
  optional: true as const
})

export const SETTINGS = {
  port: required({
    variable: 'PORT',
    fallback: '3000',
    allowed: 'a whole number from 0 to 65535',
    about: 'Port to listen on; 0 takes a free one.',
    parse: whole(0, 65535)
  }),
  host: required({
    variable: 'HOST',
    fallback: '127.0.0.1',
    allowed: 'a host name or an IP address',
    about: 'Address to listen on; `0.0.0.0` for all.',
    parse: text => (/^[A-Za-z0-9.:-]+$/.test(text) ? text : undefined)
  }),
  databaseUrl: optional({
    variable: 'DATABASE_URL',
    allowed: 'a URL such as postgres://user:password@host:5432/name',
    about: 'PostgreSQL server, 15 or later. None: the embedded database in `DATA_DIR`.',
    parse: postgresUrl,
    secret: true
  }),
  dataDir: required({
    variable: 'DATA_DIR',
    fallback: '.data',
    allowed: 'a folder, or memory:',
    about: 'Folder of the embedded database; `memory:` keeps nothing.',
    parse: text => (text.includes('\0') ? undefined : text)
  }),
  baseUrl: optional({
    variable: 'BASE_URL',
    allowed: 'an absolute http or https URL without query, such as https://fhir.example.org',
    about: 'Where callers find the server; the FHIR base is this and `/fhir/R4`. None: `http://localhost:PORT`.',
    parse: webUrl
  }),
  logLevel: required({
    variable: 'LOG_LEVEL',
    fallback: 'info',
    allowed: `one of ${LEVELS.join(', ')}`,
    about: 'How much is logged.',
    parse: text => LEVELS.find(level => level === text)
  }),
  bodyLimit: required({
    variable: 'BODY_LIMIT',
    fallback: '5mb',
    allowed: 'a size from 1kb to 100mb, such as 500kb or 5mb',
    about: 'Largest request body.',
    parse: size
  }),
  fhirPackages: required({
    variable: 'FHIR_PACKAGES',
    fallback: '',
    allowed: 'names or folders with commas between',
    about: 'FHIR packages to validate with, by name in `packages/` or `node_modules/`, or by folder.',
    parse: names
  }),
  tokenTtl: required({
    variable: 'TOKEN_TTL',
    fallback: '300',
    allowed: 'a whole number of seconds from 10 to 3600',
    about: 'Seconds that an access token lives.',
    parse: whole(10, 3600)
  }),
  sessionTtl: required({
    variable: 'SESSION_TTL',
    fallback: '28800',
    allowed: 'a whole number of seconds from 60 to 86400',
    about: "Seconds that a user's login lives.",
    parse: whole(60, 86400)
  }),
  loginAttempts: required({
    variable: 'LOGIN_ATTEMPTS',
    fallback: '10',
    allowed: 'a whole number from 1 to 1000',
    about: 'Failed logins of one name before it is locked.',
    parse: whole(1, 1000)
  }),
  loginLockout: required({
    variable: 'LOGIN_LOCKOUT',
    fallback: '900',
    allowed: 'a whole number of seconds from 1 to 86400',
    about: 'Seconds that it is locked.',
    parse: whole(1, 86400)
  }),
  trustedIssuers: required({
    variable: 'TRUSTED_ISSUERS',
    fallback: '[]',
    allowed: 'a JSON array of {"issuer", "jwks" (https), "audience", "subject", "claim", "skew"} as in docs/access.md',
    about: 'Issuers whose tokens are accepted beside our own.',
    parse: issuers
  }),
  tokensPerMinute: required({
    variable: 'RATE_LIMIT_TOKENS',
    fallback: '600',
    allowed: 'a whole number from 0 to 1000000',
    about: 'Requests for tokens and logins a minute, of one address and of one client; 0 = no limit.',
    parse: whole(0, 1_000_000)
  }),
  writesPerMinute: required({
    variable: 'RATE_LIMIT_WRITES',
    fallback: '60000',
    allowed: 'a whole number from 0 to 10000000',
    about: 'Writes a minute, of one address and of one client or user; 0 = no limit.',
    parse: whole(0, 10_000_000)
  }),
  trustProxy: required({
    variable: 'TRUST_PROXY',
    fallback: '0',
    allowed: 'a whole number from 0 to 10',
    about: 'Proxies in front of the server whose `X-Forwarded-For` is believed.',
    parse: whole(0, 10)
  }),
  corsOrigins: required({
    variable: 'CORS_ORIGINS',
    fallback: '',
    allowed: 'origins such as https://app.example.org with commas between, or *',
    about: 'Browser apps that may read the answers: none, all (`*`), or those of these origins.',
    parse: origins
  }),
  poolSize: required({
    variable: 'POOL_SIZE',
    fallback: '10',
    allowed: 'a whole number from 1 to 500',
    about: 'Connections to PostgreSQL; the embedded database has one.',
    parse: whole(1, 500)
  }),
  statementTimeout: required({
    variable: 'STATEMENT_TIMEOUT',
    fallback: '10',
    allowed: 'a whole number of seconds from 1 to 600',
    about: 'How long a statement of the database may take; the embedded one has no such limit.',
    parse: whole(1, 600)
  }),
  chainSteps: required({
    variable: 'CHAIN_STEPS',
    fallback: '6',
    allowed: 'a whole number from 1 to 12',
    about: 'How many references a search parameter may follow, by chains and `_has` together.',
    parse: whole(1, 12)
  }),
  stopSeconds: required({
    variable: 'STOP_SECONDS',
    fallback: '10',
    allowed: 'a whole number of seconds from 0 to 600',
    about: 'How long a stop waits for requests under way.',
    parse: whole(0, 600)
  }),
  smtpUrl: optional({
    variable: 'SMTP_URL',
    allowed: 'a URL such as smtp://user:password@host:587 or smtps://host',
    about: 'Server that sends mail. None: mail is written to `MAIL_DIR`.',
    parse: text => (/^smtps?:\/\/./.test(text) && URL.canParse(text) ? text : undefined),
    secret: true
  }),
  mailFrom: required({
    variable: 'MAIL_FROM',
    fallback: 'Locum <no-reply@localhost>',
    allowed: 'an address such as Clinic <no-reply@clinic.example>',
    about: 'Whom mail comes from.',
    parse: text => (/^(?:[^<>@]*<[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/.test(text) ? text : undefined)
  }),
  mailDir: optional({
    variable: 'MAIL_DIR',
    allowed: 'a folder',
    about: 'Folder of .eml files, without `SMTP_URL`. None: `mail` in `DATA_DIR`.',
    parse: text => (text.includes('\0') ? undefined : text)
  }),
  mailWorker: required({
    variable: 'MAIL_WORKER',
    fallback: 'on',
    allowed: 'on or off',
    about: 'Whether this process sends mail; at least one should.',
    parse: text => (['on', 'off'].includes(text) ? text === 'on' : undefined)
  }),
  production: required({
    variable: 'NODE_ENV',
    fallback: 'development',
    allowed: 'production, development or test',
    about: '`production` refuses the demo tenants and the demo client.',
    parse: text => (['production', 'development', 'test'].includes(text) ? text === 'production' : undefined)
  })
} as const

type Value<S> = S extends { optional: true; parse(text: string): infer T }
  ? T
  : S extends { parse(text: string): infer T }
    ? Exclude<T, undefined>
    : never

export type Config = Readonly<{ [K in keyof typeof SETTINGS]: Value<(typeof SETTINGS)[K]> }>

/** Reads the settings. Throws ConfigError for the first value that is not allowed. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const entries = Object.entries(SETTINGS).map(([key, setting]) => [
    key,
    valueOf(setting, environment[setting.variable])
  ])
  return Object.freeze(Object.fromEntries(entries) as Config)
}

function valueOf(setting: Setting<unknown>, given: string | undefined): unknown {
  const text = given?.trim() || setting.fallback
  if (text === undefined) return undefined
  const value = setting.parse(text)
  if (value !== undefined) return value
  const shown = setting.secret ? 'its value' : JSON.stringify(text)
  throw new ConfigError(`${setting.variable} must be ${setting.allowed}; ${shown} is not.`)
}

/** The settings as a Markdown table. */
export function settingsTable(): string {
  const rows = Object.values(SETTINGS).map(
    ({ variable, fallback, allowed, about }) =>
      `| \`${variable}\` | ${fallback ? `\`${fallback}\`` : ''} | ${about} | ${allowed} |`
  )
  return ['| variable | default | meaning | allowed |', '|---|---|---|---|', ...rows].join('\n')
}
