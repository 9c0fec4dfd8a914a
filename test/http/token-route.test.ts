/** The token endpoint when the database is away: neither the client's fault, nor unheard of by the operator. */
import { expect, test } from '@jest/globals'
import express from 'express'
import type { AddressInfo } from 'node:net'
import type { Logger } from 'pino'
import { errorHandler } from '../../src/http/error-handler.js'
import { tokenRoute } from '../../src/http/token-route.js'
import { fhirError } from '../../src/fhir/errors.js'

test('a database that is away is 503 with Retry-After, and logged', async () => {
  const cause = new Error('connect ECONNREFUSED')
  const away = fhirError('transient', 'Try again', { headers: { 'Retry-After': '2' }, cause })
  const logged: unknown[] = []
  const log = { error: (said: { err: unknown }) => logged.push(said.err) } as unknown as Logger
  const app = express()
    .post('/oauth/token', tokenRoute({ issueToken: () => Promise.reject(away) }))
    .use(errorHandler(log, () => undefined))
  const listening = app.listen(0)
  const { port } = listening.address() as AddressInfo
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  const answer = await fetch(`http://localhost:${port}/oauth/token`, { method: 'POST', body })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2'])
  expect(logged).toEqual([cause])
  listening.close()
})
