/**
 * A reading statement behind the binding of its session, as one message: one Sync, so the server begins, answers and
 * ends once, and nothing is described again. https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
import pg from 'pg'
import { prepareValue } from 'pg/lib/utils.js'
import { types } from './parsers.js'
import type { Statement } from './statement.js'

/** How the rows of a statement come back. */
export type Shape = readonly { name: string; parse: (text: string) => unknown }[]

export const shapeOf = (fields: readonly pg.FieldDef[]): Shape =>
  fields.map(({ name, dataTypeID }) => ({ name, parse: types.getTypeParser(dataTypeID, 'text') as Shape[0]['parse'] }))

/** Statements that the connection has prepared under their names, and what the second answers. */
export interface Known {
  binding: Statement
  statement: Statement
  shape: Shape
}
/** What is needed of the connection of pg. */
interface Wire {
  bind(message: { statement: string; values: unknown[]; valueMapper: (value: unknown) => unknown }): void
  execute(message: object): void
  sync(): void
  stream: { cork?(): void; uncork?(): void }
}
type Settle = (error: Error | undefined, rows: unknown[], bound: boolean) => void

/** pg takes a query of one's own in pipeline mode when it is one of its class. */
const Query = pg.Query as unknown as new (text: string) => object

class BoundQuery extends Query {
  private readonly answer: unknown[] = []
  private refused = false
  private reading = false
  private failure: Error | undefined

  constructor(
    private readonly known: Known,
    private readonly settle: Settle
  ) {
    super('')
  }

  submit(wire: Wire): null {
    wire.stream.cork?.()
    for (const { name, values } of [this.known.binding, this.known.statement]) {
      wire.bind({ statement: name!, values, valueMapper: prepareValue })
      wire.execute({})
    }
    wire.sync()
    wire.stream.uncork?.()
    return null
  }

  /** The binding has rows for a refusal only. */
  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    if (!this.reading) return void (this.refused = true)
    const row: Record<string, unknown> = {}
    try {
      this.known.shape.forEach(({ name, parse }, at) => (row[name] = fields[at] === null ? null : parse(fields[at]!)))
    } catch (error) {
      this.failure = error as Error
    }
    this.answer.push(row)
  }

  handleCommandComplete(): void {
    this.reading = true
  }

  handleError(error: Error): void {
    this.settle(error, [], true)
  }

  handleReadyForQuery(): void {
    this.settle(this.failure, this.answer, !this.refused)
  }
}

/** Rows of the statement; undefined when the binding was refused. */
export const readBound = (client: pg.PoolClient, known: Known): Promise<unknown[] | undefined> =>
  new Promise((resolve, reject) => {
    const settle: Settle = (error, rows, bound) =>
      error === undefined ? resolve(bound ? rows : undefined) : reject(error)
    client.query(new BoundQuery(known, settle) as unknown as pg.Submittable)
  })
