import { EventEmitter, once } from 'node:events'
import { connect } from 'node:net'
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http'
import { afterEach, expect, test } from '@jest/globals'
import { listen, type Listening } from '../../src/http/index.js'

const options = { host: '127.0.0.1', port: 0, baseUrl: undefined, stopSeconds: 5 }
const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let open: Listening | undefined
afterEach(() => open?.close())

async function ask(url: string): Promise<{ status?: number; connection?: string; text: string }> {
  const [answer] = (await once(get(url.replace('localhost', '127.0.0.1'), { agent }), 'response')) as [IncomingMessage]
  let text = ''
  for await (const part of answer) text += String(part)
  return { status: answer.statusCode, connection: answer.headers.connection, text }
}

test('a free port is taken, the handler learns the URL, and early requests wait for it', async () => {
  let seen = ''
  const early: Promise<{ text: string }>[] = []
  open = await listen(options, async url => {
    seen = url
    early.push(ask(url))
    await new Promise(resolve => setTimeout(resolve, 50))
    return (_request, response) => response.end('ready')
  })
  expect(open.url).toMatch(/^http:\/\/localhost:\d+$/)
  expect(seen).toBe(open.url)
  expect((await early[0]!).text).toBe('ready')
})

test('a base URL is told instead of the own address', async () => {
  open = await listen({ ...options, baseUrl: 'https://fhir.example.org' }, () => (_request, response) => response.end())
  expect(open.url).toBe('https://fhir.example.org')
})

test('a stop lets the request under way end, ends its connection, and takes no new one', async () => {
  const arrivals = new EventEmitter()
  const arrival = once(arrivals, 'request') as Promise<[IncomingMessage, ServerResponse]>
  open = await listen(
    options,
    () =>
      (...exchange) =>
        void arrivals.emit('request', ...exchange)
  )
  const answer = ask(open.url)
  const [, response] = await arrival
  let closed = false
  const closing = open.close().then(() => (closed = true))
  await new Promise(resolve => setTimeout(resolve, 50))
  expect(closed).toBe(false)
  await expect(fetch(open.url.replace('localhost', '127.0.0.1'))).rejects.toThrow()
  response.end('done')
  expect(await answer).toMatchObject({ status: 200, connection: 'close', text: 'done' })
  await closing
})

test('an idle connection does not hold a stop up', async () => {
  open = await listen(options, () => (_request, response) => response.end('x'))
  await ask(open.url)
  const start = performance.now()
  await open.close()
  expect(performance.now() - start).toBeLessThan(1000)
})

test('a stop does not wait for ever, and can be asked for twice', async () => {
  open = await listen({ ...options, stopSeconds: 0 }, () => () => {})
  const answer = ask(open.url)
  await Promise.all([open.close(), open.close(), expect(answer).rejects.toThrow()])
})

test('a port in use and a handler that cannot be made are told', async () => {
  open = await listen(options, () => (_request, response) => response.end())
  const port = Number(new URL(open.url).port)
  await expect(listen({ ...options, port }, () => () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' })
  await expect(listen(options, () => Promise.reject(new Error('no keys')))).rejects.toThrow('no keys')
})

test('what is no request, or too long, is told why', async () => {
  open = await listen(options, () => (request, response) => response.end(String(request.url?.length)))
  const { port } = new URL(open.url)
  const send = async (text: string): Promise<string> => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(text))
    let answer = ''
    for await (const part of socket) answer += String(part)
    return answer
  }
  const asked = (length: number) => `GET /${'x'.repeat(length)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
  expect(await send(asked(40_000))).toMatch(/^HTTP\/1.1 200 OK[^]*40001/)
  for (const [text, status, code] of [
    [asked(70_000), '431 Request Header Fields Too Large', 'too-long'],
    ['FETCH /x HTTP/1.1\r\n\r\n', '400 Bad Request', 'invalid']
  ] as const) {
    const [head, body] = (await send(text)).split('\r\n\r\n')
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\nContent-Type: application/fhir\\+json`))
    expect(JSON.parse(body!)).toMatchObject({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] })
  }
})
