/**
 * For `knex seed:run` on a server of one's own: the demo tenants, and the demo client when DEMO_CLIENT_SECRET names a
 * secret for it (there is no well-known one outside the embedded database). Again and again, it adds what is missing.
 */
import type { Knex } from 'knex'
import { seedDemo } from './demo/index.js'

export async function seed(knex: Knex): Promise<void> {
  if (process.env.NODE_ENV === 'production') throw new Error('The demo tenants are not for production')
  await seedDemo(knex, process.env.DEMO_CLIENT_SECRET ?? null)
}
