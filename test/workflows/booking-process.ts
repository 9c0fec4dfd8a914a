/** A server in a process of its own, on a database that stands: says its port when it is ready. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pino from 'pino'
import { openApp } from '../../src/app.js'
import { readConfig } from '../../src/config.js'

const [url = '', now = ''] = process.argv.slice(2)
const app = await openApp(readConfig({ DATABASE_URL: url }), pino({ level: 'silent' }), { clock: () => new Date(now) })
// A connection that is ended just when it is used again would look like a booking that failed.
const server = createServer({ keepAliveTimeout: 600_000 })
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo
  void app.handler(`http://127.0.0.1:${port}`).then(handler => {
    server.on('request', handler)
    process.stdout.write(`${port}\n`)
  })
})
