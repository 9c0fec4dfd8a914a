/** The floor: a bare Express that sends one named statement and answers with the bytes that the server answers with. */
import express, { type Express } from 'express'
import pg from 'pg'
import { hashSecret } from '../../src/auth/index.js'
import type { Statement } from '../../src/store/postgres/statement.js'
import type { Case } from './cases.js'
import { writtenRows, type WrittenRows } from './written-rows.js'

/** What the server did for the first request of a case. */
export interface Recorded {
  status: number
  body: string
  /** The statements that read. */
  statements: readonly Statement[]
}

type Answer = (n: number, body: string) => Promise<unknown>

export class Floor {
  private readonly pools = new Map<string, pg.Pool>()
  private readonly answers = new Map<string, { answer: Answer; recorded: Recorded }>()

  constructor(
    private readonly url: string,
    private readonly poolSize: number
  ) {}

  /** POST or GET /{case}/{n}. */
  app(): Express {
    const app = express()
    app.disable('x-powered-by').disable('etag')
    app.all('/:name/:n', async (request, response) => {
      const { answer, recorded } = this.answers.get(request.params.name)!
      const body = request.method === 'POST' ? await textOf(request) : ''
      await answer(Number(request.params.n), body)
      response.status(recorded.status).type('application/fhir+json').send(recorded.body)
    })
    return app
  }

  async learn(each: Case, recorded: Recorded): Promise<void> {
    this.answers.set(each.name, { answer: await this.answerOf(each, recorded), recorded })
  }

  async close(): Promise<void> {
    await Promise.all([...this.pools.values()].map(pool => pool.end()))
  }

  /** As the owner of the tables, whom no policy holds. */
  private pool(tenant: string): pg.Pool {
    const known = this.pools.get(tenant)
    if (known) return known
    const options = `-c app.tenant_id=${tenant}`
    const pool = new pg.Pool({ connectionString: this.url, max: this.poolSize, options, idleTimeoutMillis: 600_000 })
    this.pools.set(tenant, pool)
    return pool
  }

  private async answerOf({ name, tenant, floor }: Case, { statements, body }: Recorded): Promise<Answer> {
    const pool = this.pool(tenant)
    switch (floor.kind) {
      case 'statement':
        return n => pool.query({ name, text: floor.text, values: floor.values(n) })
      case 'same': {
        const largest = [...statements].sort((a, b) => b.text.length - a.text.length)[0]!
        return () => pool.query({ ...largest, name })
      }
      case 'hash':
        return () => hashSecret('correct horse battery')
      case 'rows': {
        const rows: WrittenRows = await writtenRows(pool, tenant, body)
        return (n, sent) => pool.query({ name, text: rows.text, values: rows.values(n, JSON.parse(sent)) })
      }
    }
  }
}

async function textOf(request: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
