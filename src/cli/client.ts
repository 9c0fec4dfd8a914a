/** `locum client`: the clients that may ask for tokens. https://hl7.org/fhir/smart-app-launch/backend-services.html */
import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Command } from 'commander'
import type pg from 'pg'
import { hashSecret, isKeyUrl, isScope } from '../auth/index.js'
import { readConfig } from '../config.js'
import { openDatabase } from '../store/postgres/open.js'
import { told } from './told.js'

interface AddOptions {
  tenant: string
  scopes: string
  secret?: string
  jwks?: string
  jwksUri?: string
}

const ID = /^[A-Za-z0-9._-]{1,64}$/

export const clientCommand = (): Command =>
  new Command('client')
    .description('The clients that may ask for tokens')
    .addCommand(
      new Command('add')
        .description('Adds a client; without a secret or keys it makes a secret, and says it once')
        .argument('<id>')
        .requiredOption('--tenant <id>', 'tenant that it works in, such as demo')
        .option('--scopes <scopes>', 'what it may ask for, blanks between', 'system/*.rs')
        .option('--secret <text>', 'secret of its own')
        .option('--jwks <file>', 'its public keys (JWKS), for signed assertions')
        .option('--jwks-uri <url>', 'where it publishes them, over https')
        .action((id: string, options: AddOptions) => told(asOwner(client => add(client, id, options))))
    )
    .addCommand(new Command('list').description('Names them, with tenant and scopes').action(() => told(asOwner(list))))
    .addCommand(
      new Command('disable')
        .description('It gets no tokens any more, and those that it has are void at once')
        .argument('<id>')
        .action((id: string) => told(asOwner(client => disable(client, id))))
    )

/** On the embedded database the server must not run beside. */
async function asOwner(work: (client: pg.ClientBase) => Promise<void>): Promise<void> {
  const { databaseUrl, dataDir } = readConfig(process.env)
  const database = await openDatabase({ dataDir, ...(databaseUrl && { databaseUrl }) })
  try {
    await database.asOwner(work)
  } finally {
    await database.close()
  }
}

async function add(client: pg.ClientBase, id: string, options: AddOptions): Promise<void> {
  if (!ID.test(id)) throw new Error('An id has 1 to 64 letters, digits, dots, hyphens and underscores')
  const unknown = options.scopes.split(' ').find(scope => scope !== '' && !isScope(scope))
  if (unknown !== undefined)
    throw new Error(`${unknown} is no scope: they look like system/*.rs, system/Slot.rs?status=free or create_users`)
  if (options.jwksUri !== undefined && !isKeyUrl(options.jwksUri)) throw new Error('--jwks-uri must be an https URL')
  const tenant = options.tenant.replace(/^t-/, '')
  const { rowCount } = await client.query('select from tenants where id = $1', [tenant])
  if (!rowCount) throw new Error(`There is no tenant ${tenant}`)
  const jwks = options.jwks === undefined ? null : await keysOf(options.jwks)
  const needsSecret = jwks === null && options.jwksUri === undefined
  const secret = options.secret ?? (needsSecret ? randomBytes(24).toString('base64url') : undefined)
  const added = await client.query(
    `insert into oauth_clients (id, tenant, scopes, secret_hash, jwks, jwks_uri) values ($1, $2, $3, $4, $5, $6)
     on conflict (id) do nothing`,
    [id, tenant, options.scopes, secret === undefined ? null : await hashSecret(secret), jwks, options.jwksUri ?? null]
  )
  if (!added.rowCount) throw new Error(`There is a client ${id} already`)
  const made = secret !== undefined && options.secret === undefined ? `\nsecret: ${secret}` : ''
  process.stdout.write(`Client ${id} of tenant ${tenant} may ask for ${options.scopes}${made}\n`)
}

/** The text of a set of public keys: a private one has no business here. */
async function keysOf(file: string): Promise<string> {
  const set = JSON.parse(await readFile(file, 'utf8')) as { keys?: Record<string, unknown>[] }
  if (!Array.isArray(set.keys) || set.keys.length === 0) throw new Error(`${file} is no JWKS: {"keys": [...]}`)
  if (set.keys.some(key => 'd' in key || key.kty === 'oct'))
    throw new Error(`${file} holds a private key: give the public ones only`)
  return JSON.stringify(set)
}

async function list(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<Record<'id' | 'tenant' | 'how' | 'scopes', string>>(
    `select id, tenant, scopes, case when disabled_at is not null then 'disabled' when jwks is not null then 'keys'
       when jwks_uri is not null then jwks_uri else 'secret' end as how from oauth_clients order by id`
  )
  for (const { id, tenant, how, scopes } of rows) process.stdout.write(`${[id, tenant, how, scopes].join('\t')}\n`)
}

async function disable(client: pg.ClientBase, id: string): Promise<void> {
  const { rowCount } = await client.query(
    'update oauth_clients set disabled_at = coalesce(disabled_at, now()) where id = $1',
    [id]
  )
  if (!rowCount) throw new Error(`There is no client ${id}`)
  await client.query('select app.revoke($1, $2)', [id, Math.floor(Date.now() / 1000)])
  process.stdout.write(`Client ${id} is disabled\n`)
}
