/** Every request has an id, in its answer and in its log lines; a caller may bring one along. */
import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'
import { notes } from './exchange.js'

const SANE = /^[A-Za-z0-9._~-]{1,64}$/

export const requestId: RequestHandler = (request, response, next) => {
  const brought = request.get('x-request-id')
  const id = brought && SANE.test(brought) ? brought : randomUUID()
  notes(response).requestId = id
  response.setHeader('X-Request-Id', id)
  next()
}
