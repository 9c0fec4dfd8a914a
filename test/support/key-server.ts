/** A party with keys of its own, which it publishes on this machine. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWTPayload } from 'jose'

export interface KeyServer {
  url: string
  /** Requests so far. */
  asked: () => number
  /** What is answered from now on, in place of the keys. */
  answer(status: number, body: string): void
  sign(payload: JWTPayload, header?: { alg?: string; kid?: string; typ?: string }, key?: CryptoKey): Promise<string>
  publicKey: CryptoKey
  close(): Promise<void>
}

export async function keyServer(alg = 'ES384'): Promise<KeyServer> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'k1', alg }] })
  let [count, next] = [0, { status: 200, body: keys }]
  const server = createServer((_request, response) => {
    count++
    response.writeHead(next.status, { 'Content-Type': 'application/json' }).end(next.body)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    asked: () => count,
    answer: (status, body) => void (next = { status, body }),
    sign: (payload, header = {}, key = privateKey) =>
      new SignJWT(payload).setProtectedHeader({ alg, kid: 'k1', ...header }).sign(key),
    publicKey,
    close: () => new Promise(done => (server.closeAllConnections(), server.close(() => done())))
  }
}
