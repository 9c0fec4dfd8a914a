/** A pooler that hands out a connection per transaction is refused. */
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from '@jest/globals'
import { requireSessions } from '../../src/store/postgres/connect.js'
import { testDatabase } from '../support/database.js'

/** Speaks just enough of the protocol: each `select` is answered by the process number that `backend` says. */
async function pooler(backend: () => number): Promise<{ port: number; close: () => void }> {
  const message = (type: string, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts)
    return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
  }
  const ready = message('Z', Buffer.from('I'))
  const done = message('C', Buffer.from('OK\0'))
  const column = [int16(1), Buffer.from('pid\0'), int32(0), int16(0), int32(23), int16(4), int32(-1), int16(0)]
  const row = (value: string): Buffer => message('D', int16(1), int32(value.length), Buffer.from(value))
  const serve = (socket: Socket): void => {
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), ready]))
      socket.on('data', data => {
        const select = data.toString().includes('select')
        if (data[0] === 'Q'.charCodeAt(0))
          socket.write(
            Buffer.concat([...(select ? [message('T', ...column), row(String(backend()))] : []), done, ready])
          )
      })
    })
  }
  const server = createServer(serve)
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  return { port: (server.address() as AddressInfo).port, close: () => server.close() }
}
const int32 = (value: number): Buffer => Buffer.from(Int32Array.of(value).buffer).reverse()
const int16 = (value: number): Buffer => Buffer.from(Int16Array.of(value).buffer).reverse()

test('a connection per transaction is refused', async () => {
  let next = 1
  const { port, close } = await pooler(() => next++)
  const asked = requireSessions({ host: '127.0.0.1', port, user: 'u', password: 'p', database: 'd' })
  await expect(asked).rejects.toThrow(/session pooling/)
  close()
})

test('a connection per session is not', async () => {
  const { url, drop } = await testDatabase()
  await requireSessions({ connectionString: url })
  await drop()
})
