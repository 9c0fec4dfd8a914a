/** An SMTP server for one test: it keeps what it is sent, refuses for a while, or never says a word. */
import { createServer, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

export interface SmtpServer {
  url: string
  /** Whole messages, headers and all. */
  received: string[]
  /** Connections that were made. */
  connections: () => number
  close: () => Promise<void>
}

export interface SmtpOptions {
  /** So many messages are refused for now (451). */
  refusals?: number
  /** It accepts connections, and greets nobody. */
  silent?: boolean
}

export async function smtpServer({ refusals = 0, silent = false }: SmtpOptions = {}): Promise<SmtpServer> {
  const received: string[] = []
  const sockets = new Set<Socket>()
  let [left, made] = [refusals, 0]
  const server = createServer(socket => {
    made++
    sockets.add(socket)
    socket.on('error', () => undefined)
    if (silent) return
    let [data, text] = [false, '']
    socket.write('220 test ready\r\n')
    socket.on('data', chunk => {
      text += chunk.toString()
      for (;;) {
        const end = data ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n')
        if (end < 0) return
        const part = text.slice(0, end)
        text = text.slice(end + (data ? 5 : 2))
        if (data) received.push(part)
        const says = data ? '250 kept' : answer(part)
        data = says.startsWith('354')
        socket.write(`${says}\r\n`)
      }
    })
  })
  const answer = (command: string): string => {
    if (/^DATA/i.test(command)) return '354 go on'
    if (/^RCPT/i.test(command) && left-- > 0) return '451 not now'
    return /^QUIT/i.test(command) ? '221 bye' : '250 fine'
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const close = () =>
    new Promise<void>(done => {
      for (const socket of sockets) socket.destroy()
      server.close(() => done())
    })
  return { url: `smtp://127.0.0.1:${(server.address() as AddressInfo).port}`, received, connections: () => made, close }
}
