/**
 * Ends what a connection reads for a caller who has gone away.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS
 */
import { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { fhirError, type FhirError } from '../../fhir/errors.js'
import type { Caller } from '../ports.js'
import { isLost } from './lost.js'

/** What ends by itself within so many milliseconds is not worth a process of the server that ends it. */
const GRACE = 20
/** Milliseconds between two requests to cancel, at most; and how long each may take. */
const PAUSE = 1000
const PATIENCE = 5000

/** Nobody hears of it, nor does the log: the answer has nowhere to go. */
export const gone = (): FhirError =>
  fhirError('incomplete', 'The caller closed the connection before the answer was written', { status: 499 })

/** Connections that a request to cancel may still reach. */
const unsure = new WeakSet<pg.ClientBase>()

/**
 * Whether the connection may go to other work. A request to cancel names the connection, not the statement: one that is
 * late hits whatever runs there by then. It goes out by a connection of its own, which the server closes when it has
 * sent the signal on; the signal comes before anything that is sent after that, and one that finds the connection
 * waiting for work does nothing. Where the server did not say so by closing, nobody knows.
 */
export const isSafe = (client: pg.ClientBase): boolean => !unsure.has(client)

/**
 * What comes of `work`, all of which is on its way on the connection. When the caller goes, it is cancelled, and its end
 * waited for, as is that of each request to cancel. Throws FhirError then.
 */
export async function whileWanted<T>(client: pg.ClientBase, caller: Caller, work: Promise<T>): Promise<T> {
  let cancelled: Promise<void> | undefined
  const forget = caller.onGone(() => void (cancelled = cancelAll(client as Session, work)))
  try {
    const answer = await work
    if (!caller.gone) return answer
  } catch (error) {
    // A connection that is lost does not go back, whoever waits.
    if (!caller.gone || isLost(error)) throw error
  } finally {
    forget()
    if (cancelled) await cancelled
  }
  throw gone()
}

/** Again and again: a request ends one statement of several, or none when it comes between two. */
async function cancelAll(session: Session, work: Promise<unknown>): Promise<void> {
  let underWay = true
  const over = (): void => void (underWay = false)
  const settled = work.then(over, over)
  for (let pause = GRACE; ; pause = Math.min(2 * pause, PAUSE)) {
    await Promise.race([settled, sleep(pause, undefined, { ref: false })])
    if (!underWay) return
    if (!(await cancel(session))) unsure.add(session)
  }
}

/** A connection of pg, with what it does not tell in its types. */
type Session = pg.ClientBase & {
  processID: number | null
  secretKey: number | null
  host: string
  port: number
  ssl: pg.ClientConfig['ssl']
  sslNegotiation: string
  connection: { stream: Socket }
}
/** As above: what sends messages. */
type Wire = pg.Connection & {
  connect(port: number, host: string): void
  requestSsl(): void
  cancel(processID: number, secretKey: number): void
}

/** False when it may still come to pass. */
function cancel(session: Session): Promise<boolean> {
  const { processID, secretKey, host, port, ssl, sslNegotiation } = session
  // PGlite has no socket: it is busy in this very process until the statement ends. Some poolers give no keys.
  if (!(session.connection.stream instanceof Socket) || !processID || !secretKey) return Promise.resolve(true)
  const config = { ssl, sslNegotiation, stream: () => besideOf(session) }
  const wire = new pg.Connection(config) as Wire
  return new Promise(resolve => {
    let acknowledged = false
    const send = (): void => {
      acknowledged = true
      wire.cancel(processID, secretKey)
    }
    const fail = (): void => void (acknowledged = false)
    const late = setTimeout(() => (fail(), wire.stream.destroy()), PATIENCE)
    wire.once('connect', () => {
      if (!ssl) send()
      else if (sslNegotiation !== 'direct') wire.requestSsl()
    })
    wire.once('sslconnect', send)
    wire.on('error', fail)
    wire.once('end', () => (clearTimeout(late), resolve(acknowledged)))
    wire.connect(port, host)
  })
}

/** A socket that connects to where the session's leads: its name may lead elsewhere by now. */
function besideOf({ host, port, connection }: Session): Socket {
  const { remoteAddress, remotePort } = connection.stream
  const socket = new Socket()
  const connect = socket.connect.bind(socket)
  return Object.assign(socket, {
    connect: () =>
      remoteAddress && remotePort ? connect(remotePort, remoteAddress) : connect(`${host}/.s.PGSQL.${port}`)
  })
}
