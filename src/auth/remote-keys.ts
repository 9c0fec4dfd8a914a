/** Keys that others publish at a URL (JWKS): fetched when they are needed, kept for a while. https://www.rfc-editor.org/rfc/rfc7517#section-5 */
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { LRUCache } from 'lru-cache'

/** Milliseconds: an answer must come within, is kept for, and is asked for again (for a key that is not there) after. */
const TIMEOUT = 5_000
const KEPT = 600_000
const PAUSE = 30_000
const MAX_BYTES = 256 * 1024
const LOCAL = ['localhost', '127.0.0.1', '[::1]']

/** Whether keys may come from there: over TLS, or from this machine. */
export function isKeyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, hash } = new URL(text)
  return (protocol === 'https:' || (protocol === 'http:' && LOCAL.includes(hostname))) && !username && !hash
}

export type RemoteKeys = (url: string) => JWTVerifyGetKey

/** One set for each URL, shared by those who verify. */
export function remoteKeys(): RemoteKeys {
  const sets = new LRUCache<string, JWTVerifyGetKey>({ max: 1000 })
  return url => {
    const known = sets.get(url)
    if (known) return known
    if (!isKeyUrl(url)) throw new TypeError('keys come over https only')
    const made = createRemoteJWKSet(new URL(url), {
      timeoutDuration: TIMEOUT,
      cacheMaxAge: KEPT,
      cooldownDuration: PAUSE,
      [customFetch]: boundedFetch
    })
    sets.set(url, made)
    return made
  }
}

/** Without redirects (jose asks for that), and not more than a set of keys can be. */
async function boundedFetch(url: string, options: RequestInit): Promise<Response> {
  const answer = await fetch(url, options)
  const parts: Uint8Array[] = []
  let length = 0
  for await (const part of answer.body ?? []) {
    length += (part as Uint8Array).length
    if (length > MAX_BYTES) throw new TypeError('the set of keys is too large')
    parts.push(part)
  }
  return new Response(Buffer.concat(parts), { status: answer.status, headers: answer.headers })
}
