import { describe, expect, test } from '@jest/globals'
import { ConfigError, readConfig, SETTINGS, settingsTable } from '../src/config.js'

test('an empty environment gives the defaults, frozen', () => {
  const config = readConfig({ PORT: '', BASE_URL: ' ' })
  expect(config).toEqual({
    port: 3000,
    host: '127.0.0.1',
    databaseUrl: undefined,
    dataDir: '.data',
    baseUrl: undefined,
    logLevel: 'info',
    loginAttempts: 10,
    loginLockout: 900,
    smtpUrl: undefined,
    mailFrom: 'Locum <no-reply@localhost>',
    mailDir: undefined,
    mailWorker: true,
    bodyLimit: 5 * 1024 * 1024,
    fhirPackages: [],
    tokenTtl: 300,
    tokensPerMinute: 600,
    corsOrigins: [],
    trustProxy: 0,
    writesPerMinute: 60000,
    trustedIssuers: [],
    poolSize: 10,
    statementTimeout: 10,
    chainSteps: 6,
    sessionTtl: 28800,
    stopSeconds: 10,
    production: false
  })
  expect(Object.isFrozen(config)).toBe(true)
})

test.each([
  ['PORT', '0', 'port', 0],
  ['BODY_LIMIT', '500KB', 'bodyLimit', 512_000],
  ['CORS_ORIGINS', '*', 'corsOrigins', ['*']],
  [
    'CORS_ORIGINS',
    'https://a.example, http://localhost:8080/',
    'corsOrigins',
    ['https://a.example', 'http://localhost:8080']
  ],
  ['BODY_LIMIT', '2048', 'bodyLimit', 2048],
  ['BASE_URL', 'https://fhir.example.org/locum/', 'baseUrl', 'https://fhir.example.org/locum'],
  ['DATABASE_URL', 'postgres:///locum?host=/tmp', 'databaseUrl', 'postgres:///locum?host=/tmp'],
  ['DATABASE_URL', 'postgres://u:p@h/n', 'databaseUrl', 'postgres://u:p@h/n'],
  ['FHIR_PACKAGES', 'hl7.fhir.au.base, ./own,', 'fhirPackages', ['hl7.fhir.au.base', './own']],
  ['NODE_ENV', 'production', 'production', true]
] as const)('%s=%s', (variable, text, key, value) => {
  expect(readConfig({ [variable]: text })[key]).toEqual(value)
})

describe('a value that is not allowed stops the start', () => {
  test.each([
    ['PORT', '70000'],
    ['PORT', '3000x'],
    ['HOST', 'a b'],
    ['BASE_URL', 'fhir.example.org'],
    ['BASE_URL', 'https://user:word@example.org'],
    ['BASE_URL', 'https://example.org/?a=b'],
    ['LOG_LEVEL', 'loud'],
    ['BODY_LIMIT', '5 megabytes'],
    ['BODY_LIMIT', '900mb'],
    ['TOKEN_TTL', '0'],
    ['POOL_SIZE', '-1'],
    ['NODE_ENV', 'prod']
  ])('%s=%s', (variable, text) => {
    const setting = Object.values(SETTINGS).find(each => each.variable === variable)!
    const line = `${variable} must be ${setting.allowed}; ${JSON.stringify(text)} is not.`
    expect(() => readConfig({ [variable]: text })).toThrow(new ConfigError(line))
  })

  test('a password is not repeated', () => {
    expect(() => readConfig({ DATABASE_URL: 'mysql://u:hunter2@h/n' })).toThrow(
      /^DATABASE_URL must be (?!.*hunter2)[^\n]*$/
    )
  })
})

test('the table names each setting once', () => {
  const table = settingsTable()
  for (const { variable } of Object.values(SETTINGS))
    expect(table.match(new RegExp(`^\\| \`${variable}\``, 'gm'))).toHaveLength(1)
})
