/** Where a request comes from, for what is counted by address. */
import { isIPv6 } from 'node:net'
import type { Request } from 'express'

/** Whoever has one address of IPv6 has the 64 bits behind it as well: they count as one. */
export function addressOf({ ip, socket }: Pick<Request, 'ip' | 'socket'>): string {
  const address = (ip ?? socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIPv6(address) ? `${networkOf(address)}::/64` : address
}

function networkOf(address: string): string {
  const [head = '', tail] = address.split('%')[0]!.toLowerCase().split('::')
  const [before, after] = [head, tail ?? ''].map(part => (part === '' ? [] : part.split(':')))
  const zeros = tail === undefined ? 0 : 8 - before!.length - after!.length
  const groups = [...before!, ...Array<string>(Math.max(zeros, 0)).fill('0'), ...after!]
  return groups
    .slice(0, 4)
    .map(group => group.replace(/^0+(?=.)/, ''))
    .join(':')
}
