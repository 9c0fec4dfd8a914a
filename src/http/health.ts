/** For whoever runs the server: does it live, may it be sent requests. */
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'

/** The process answers. */
export const healthy: RequestHandler = (_request, response) => void response.json({ status: 'ok' })

/** What must be so before requests are sent here: name -> whether it is. */
export type Ready = () => Promise<Readonly<Record<string, boolean>>>

export function readiness(ready: Ready, log: Logger): RequestHandler {
  return async (_request, response) => {
    const checks = await ready().catch((error: unknown) => {
      log.error({ err: error }, 'readiness check failed')
      return { checks: false }
    })
    const good = Object.values(checks).every(Boolean)
    response.status(good ? 200 : 503).json({ status: good ? 'ready' : 'not ready', checks })
  }
}
