/**
 * `npm run examples`: walks the main uses on a running server with the demo tenants, prints each request with its answer
 * in short, and ends with 1 when an answer is not as it should be. What it creates it deletes; who runs it again gets
 * other people of the directory and other logins.
 *
 * Environment: BASE_URL (http://localhost:3000), CLIENT_ID (demo), CLIENT_SECRET (demo-secret).
 */
import { booking } from './steps/booking.js'
import { connect, Unexpected } from './steps/server.js'
import { lookUp } from './steps/look-up.js'
import { provision } from './steps/provision.js'
import { provisionInBundle } from './steps/provision-in-bundle.js'
import { refusals } from './steps/refusals.js'
import { slots } from './steps/slots.js'

const { BASE_URL = 'http://localhost:3000', CLIENT_ID = 'demo', CLIENT_SECRET = 'demo-secret' } = process.env

async function run(): Promise<void> {
  const server = await connect(BASE_URL.replace(/\/+$/, ''), CLIENT_ID, CLIENT_SECRET)
  try {
    for (const step of [lookUp, provision, provisionInBundle, slots, booking, refusals]) await step(server)
  } finally {
    await server.cleanUp()
  }
  console.log(`\nAll as expected: ${server.checks} checks, ${server.requests} requests.`)
}

run().catch((error: unknown) => {
  console.error(error instanceof Unexpected ? `\nNot as expected: ${error.message}` : error)
  process.exitCode = 1
})
