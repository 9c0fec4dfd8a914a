/** Users of the demo who log in. */
import type { Response } from 'supertest'
import { hashSecret } from '../../src/auth/index.js'
import type { TestServer } from './server.js'

export const PASSWORD = 'correct horse battery'
let hashed: Promise<string> | undefined

/** Gives demo users the password, by SQL. */
export async function givePassword(server: TestServer, ...users: string[]): Promise<void> {
  const hash = await (hashed ??= hashSecret(PASSWORD))
  await server.sql('update users set password_hash = $1 where id = any($2)', [hash, users])
}

export const postLogin = (
  server: TestServer,
  username: string,
  password = PASSWORD,
  headers: Record<string, string> = {}
): Promise<Response> => server.http.post('/auth/login').set(headers).send({ username, password }).then()

/** The server as the user sees it. Throws when the login is refused. */
export async function asUser(
  server: TestServer,
  username: string,
  headers: Record<string, string> = {}
): Promise<TestServer> {
  const answer = await postLogin(server, username, PASSWORD, headers)
  if (answer.status !== 200) throw new Error(`No login for ${username}: ${answer.text}`)
  return server.withToken((answer.body as { access_token: string }).access_token)
}

/** A user with a membership, by SQL; the login is the id. */
export async function addUser(
  server: TestServer,
  id: string,
  tenant: string | null,
  membership: { role?: string; status?: string; admin?: boolean } = {}
): Promise<void> {
  const { role = 'STAFF', status = 'approved', admin = false } = membership
  await server.sql('insert into users (id, username, is_admin) values ($1, $1, $2)', [id, admin])
  if (tenant !== null)
    await server.sql(
      'insert into memberships (tenant_id, id, user_id, membership_role, status) values ($1, $2, $2, $3, $4)',
      [tenant, id, role, status]
    )
  await givePassword(server, id)
}
