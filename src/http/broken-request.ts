/** Answers to what is no HTTP request, or has too long a head: no handler sees it. https://nodejs.org/api/http.html#event-clienterror */
import { STATUS_CODES, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { error, type Issue } from '../fhir/errors.js'
import { outcome } from '../fhir/outcome.js'
import { FHIR_JSON } from './media-type.js'

/** Bytes of request line and headers: links to the pages of a search by many ids are long. */
export const MAX_HEAD = 64 * 1024

const ANSWERS: Readonly<Record<string, [status: number, issue: Issue]>> = {
  HPE_HEADER_OVERFLOW: [
    431,
    error('too-long', `URL and headers are longer than ${MAX_HEAD} bytes: send long searches by POST to [type]/_search`)
  ],
  ERR_HTTP_REQUEST_TIMEOUT: [408, error('timeout', 'The request did not arrive in time')]
}
const BROKEN: [number, Issue] = [400, error('invalid', 'This is no HTTP request')]

export function answerBroken(server: Server): void {
  const busy = new WeakSet<Socket>()
  server.on('request', ({ socket }, response) => {
    busy.add(socket)
    response.once('close', () => busy.delete(socket))
  })
  server.on('clientError', (failure: NodeJS.ErrnoException, socket: Socket) => {
    if (!socket.writable || failure.code === 'ECONNRESET' || busy.has(socket)) return void socket.destroy()
    const [status, issue] = ANSWERS[failure.code ?? ''] ?? BROKEN
    const body = JSON.stringify(outcome([issue]))
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      `Content-Type: ${FHIR_JSON}; charset=utf-8`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close'
    ]
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
  })
}
