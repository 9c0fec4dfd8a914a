/** A whole server on a database of its own: demo data, real HTTP through supertest. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Writable } from 'node:stream'
import knexOf, { type Knex } from 'knex'
import pino from 'pino'
import request from 'supertest'
import { openApp, type Parts } from '../../src/app.js'
import { readConfig } from '../../src/config.js'
import { seedDemo } from '../../seeds/demo/index.js'
import { testDatabase } from './database.js'
import type { Sql } from './owner.js'

export const ORIGIN = 'http://localhost:3000'
export const BASE = `${ORIGIN}/fhir/R4`

export interface TestServer {
  /** A request below the FHIR base, as the client of a tenant (`demo` unless told). */
  get(path: string, headers?: Record<string, string>): request.Test
  post(path: string, body: object | string, headers?: Record<string, string>): request.Test
  put(path: string, body: object, headers?: Record<string, string>): request.Test
  /** A JSON Patch. */
  patch(path: string, operations: object, headers?: Record<string, string>): request.Test
  delete(path: string, headers?: Record<string, string>): request.Test
  /** The client's access token. */
  token: string
  /** The same server for another client, made on the spot. */
  as(tenant: string, scopes?: string): Promise<TestServer>
  /** The same server with another access token. */
  withToken(token: string): TestServer
  /** As the owner of the tables: foreign SQL. */
  sql: Sql
  /** All that was logged. */
  logged(): string
  http: ReturnType<typeof request>
  url: string
  close(): Promise<void>
}

export interface TestServerOptions extends Partial<Parts> {
  /** Settings of the environment. */
  environment?: Record<string, string>
  /** Further tables and rows, made as their owner behind the demo's. */
  prepare?: (knex: Knex) => Promise<void>
}

export async function testServer({ environment, prepare, ...parts }: TestServerOptions = {}): Promise<TestServer> {
  const { sql, url, drop } = await testDatabase()
  const knex = knexOf({ client: 'pg', connection: url, pool: { min: 0, max: 1 } })
  await seedDemo(knex)
  await prepare?.(knex)
  await knex.destroy()
  const lines: string[] = []
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => (lines.push(chunk.toString()), done()) })
  const app = await openApp(
    readConfig({ DATABASE_URL: url, MAIL_WORKER: 'off', ...environment }),
    pino({ level: 'trace' }, sink),
    parts
  )
  // One that listens already: supertest would make another for each request.
  const listening = createServer(await app.handler(ORIGIN)).listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const http = request(listening)
  const shared = { http, url, sql, logged: () => lines.join('') }
  const close = async () => {
    listening.closeAllConnections()
    listening.close()
    await app.close()
    await drop()
  }
  const token = await tokenOf(http, 'demo', 'demo-secret')
  return withToken(token)

  function withToken(own: string): TestServer {
    return { ...shared, ...requests(http, own), token: own, as: another, withToken, close }
  }

  async function another(tenant: string, scopes = 'system/*.cruds create_users'): Promise<TestServer> {
    const id = `client-${tenant}-${scopes}`
    await sql(
      `insert into oauth_clients (id, tenant, secret_hash, scopes) select $1, $2, secret_hash, $3 from oauth_clients
       where id = 'demo' on conflict do nothing`,
      [id, tenant, scopes]
    )
    return withToken(await tokenOf(http, id, 'demo-secret'))
  }
}

async function tokenOf(http: ReturnType<typeof request>, id: string, secret: string): Promise<string> {
  const answer = await http
    .post('/oauth/token')
    .type('form')
    .send({ grant_type: 'client_credentials', client_id: id, client_secret: secret })
  if (answer.status !== 200) throw new Error(`No token for ${id}: ${answer.text}`)
  return answer.body.access_token as string
}

function requests(
  http: ReturnType<typeof request>,
  token: string
): Pick<TestServer, 'get' | 'post' | 'put' | 'patch' | 'delete'> {
  const sent = (test: request.Test, headers: Record<string, string> = {}) =>
    test.set('Authorization', `Bearer ${token}`).set(headers)
  const json = (test: request.Test, body: object | string, headers?: Record<string, string>) =>
    sent(test.set('Content-Type', 'application/fhir+json'), headers).send(
      typeof body === 'string' ? body : JSON.stringify(body)
    )
  const at = (path: string) => `/fhir/R4${path ? `/${path}` : ''}`
  return {
    get: (path, headers) => sent(http.get(at(path)), headers),
    post: (path, body, headers) => json(http.post(at(path)), body, headers),
    put: (path, body, headers) => json(http.put(at(path)), body, headers),
    patch: (path, operations, headers) =>
      sent(http.patch(at(path)).set('Content-Type', 'application/json-patch+json'), headers).send(
        JSON.stringify(operations)
      ),
    delete: (path, headers) => sent(http.delete(at(path)), headers)
  }
}
