/** Opens the port, and closes it without cutting off requests under way. */
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answerBroken, MAX_HEAD } from './broken-request.js'

export interface ListenOptions {
  host: string
  /** 0 takes a free one. */
  port: number
  /** Where callers find the server, when that is not this host and port. */
  baseUrl: string | undefined
  /** How long `close` waits for requests under way. */
  stopSeconds: number
}

export interface Listening {
  /** Where callers find the server, no slash at the end. */
  url: string
  close(): Promise<void>
}

/** A request must have arrived within this time, in milliseconds. */
const REQUEST_TIMEOUT = 60_000
/** Longer than proxies keep a connection (60 seconds mostly): they must not send on one that is just being closed. */
const KEEP_ALIVE = 65_000

/**
 * `open` makes the handler once the URL is known; requests that come before it is made wait for it. Rejects when the port
 * cannot be had (`EADDRINUSE`, ...) or `open` fails.
 */
export async function listen(
  { host, port, baseUrl, stopSeconds }: ListenOptions,
  open: (url: string) => RequestListener | Promise<RequestListener>
): Promise<Listening> {
  const server = createServer({
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE,
    maxHeaderSize: MAX_HEAD
  })
  answerBroken(server)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const url = baseUrl ?? localUrl(host, (server.address() as AddressInfo).port)

  const opening = Promise.resolve().then(() => open(url))
  const close = stopper(server, stopSeconds)
  server.on('request', (request, response) => {
    opening.then(
      handler => handler(request, response),
      () => response.destroy()
    )
  })
  try {
    await opening
  } catch (error) {
    await close()
    throw error
  }
  return { url, close }
}

function localUrl(host: string, port: number): string {
  const local = ['127.0.0.1', '0.0.0.0', '::', '::1'].includes(host)
  return `http://${local ? 'localhost' : host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Node closes idle connections itself; one with a request under way is told to end with its answer. */
function stopper(server: Server, seconds: number): () => Promise<void> {
  const underWay = new Set<ServerResponse>()
  let stopped: Promise<void> | undefined
  server.on('request', (_request, response) => {
    underWay.add(response)
    response.once('close', () => underWay.delete(response))
    if (stopped) response.setHeader('Connection', 'close')
  })
  const stop = () =>
    new Promise<void>(resolve => {
      const late = setTimeout(() => server.closeAllConnections(), seconds * 1000)
      server.close(() => {
        clearTimeout(late)
        resolve()
      })
      for (const response of underWay) if (!response.headersSent) response.setHeader('Connection', 'close')
    })
  return () => (stopped ??= stop())
}
