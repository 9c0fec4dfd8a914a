/** Tells the store when nobody waits for the answer of a request any more. */
import type { Response } from 'express'
import type { Caller } from '../interactions/context.js'

class WaitingCaller implements Caller {
  gone = false
  private readonly heard = new Set<() => void>()

  onGone(hear: () => void): () => void {
    this.heard.add(hear)
    return () => void this.heard.delete(hear)
  }

  go(): void {
    this.gone = true
    for (const hear of this.heard) hear()
  }
}

/** Gone is who closes the connection before the answer is written. To be called before anything is waited for. */
export function callerOf(response: Response): Caller {
  const caller = new WaitingCaller()
  response.once('close', () => {
    if (!response.writableFinished) caller.go()
  })
  return caller
}
