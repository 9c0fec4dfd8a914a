/** The demo tenants and a sample of the national provider directory, all of them fictitious. */
import type { Knex } from 'knex'
import { hashSecret } from '../../src/auth/index.js'
import { clinicGroup } from './clinic-group.js'
import { directoryRows } from './directory-rows.js'
import { insertResources, insertRows } from './insert.js'
import { members, membershipOf, profiles, users, withUserId } from './members.js'
import { otherTenants } from './other-tenants.js'
import { facilities, tenants } from './tenants.js'

export const DEMO_CLIENT = {
  id: 'demo',
  tenant: 'demo',
  secret: 'demo-secret',
  scopes: 'system/*.cruds create_users'
} as const

/**
 * Writes the demo as the owner of the tables, in one transaction: all or nothing. Rows whose key is taken stay as they
 * are, so it may run again. `clientSecret` null: without a client. Not for production: the caller sees to that.
 */
export async function seedDemo(knex: Knex, clientSecret: string | null = DEMO_CLIENT.secret): Promise<void> {
  const secretHash = clientSecret === null ? null : await hashSecret(clientSecret)
  await knex.transaction(async trx => {
    await insertRows(trx, 'tenants', tenants)
    await insertRows(trx, 'facilities', facilities)
    await insertRows(trx, 'users', users)
    await insertRows(trx, 'memberships', members)
    await insertRows(trx, 'membership_profiles', profiles)
    await insertResources(trx, [...clinicGroup, ...otherTenants].map(withUserId), membershipOf)
    await insertRows(trx, 'npi_directory', directoryRows())
    if (secretHash) await insertRows(trx, 'oauth_clients', [clientRow(secretHash)])
  })
}

const clientRow = (secretHash: string) => ({
  id: DEMO_CLIENT.id,
  tenant: DEMO_CLIENT.tenant,
  secret_hash: secretHash,
  scopes: DEMO_CLIENT.scopes
})
