/** The keys that sign access tokens: kept in the database, so that restarts and all processes share them. */
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose'
import type { SystemStore } from '../store/ports.js'

export const SIGNING_ALG = 'ES256'
const RELOAD_MS = 5_000

export interface Keyring {
  /** The newest key, to sign with. */
  current(): { kid: string; privateKey: CryptoKey }
  /** The public key of that name; undefined when there is none. */
  publicKey(kid: string): Promise<CryptoKey | undefined>
}

interface KeyPair {
  kid: string
  privateKey: CryptoKey
  publicKey: CryptoKey
}

/** Loads the keys, and makes the first one when there is none. `clock` paces reloading. */
export async function openKeyring(
  store: Pick<SystemStore, 'signingKeys' | 'addSigningKey'>,
  clock: () => Date
): Promise<Keyring> {
  let pairs = await load(store)
  if (pairs.length === 0) {
    await store.addSigningKey(await newKey())
    pairs = await load(store)
  }
  let loadedAt = clock().getTime()

  return {
    current: () => pairs[0]!,
    async publicKey(kid) {
      const find = () => pairs.find(pair => pair.kid === kid)?.publicKey
      // Another process may have added a key since; made-up names must not cost a query each.
      if (!find() && Math.abs(clock().getTime() - loadedAt) >= RELOAD_MS) {
        loadedAt = clock().getTime()
        pairs = await load(store)
      }
      return find()
    }
  }
}

async function load(store: Pick<SystemStore, 'signingKeys'>): Promise<KeyPair[]> {
  return Promise.all((await store.signingKeys()).map(key => importPair(key as JWK)))
}

async function importPair(key: JWK): Promise<KeyPair> {
  const { d: _private, ...publicPart } = key
  return {
    kid: key.kid!,
    privateKey: (await importJWK(key, SIGNING_ALG)) as CryptoKey,
    publicKey: (await importJWK(publicPart, SIGNING_ALG)) as CryptoKey
  }
}

/** A new private key as JWK, named by its thumbprint (RFC 7638). */
async function newKey(): Promise<Record<string, unknown>> {
  const { privateKey } = await generateKeyPair(SIGNING_ALG, { extractable: true })
  const key = await exportJWK(privateKey)
  return { ...key, kid: await calculateJwkThumbprint(key), alg: SIGNING_ALG, use: 'sig' }
}
