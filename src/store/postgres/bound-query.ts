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
interface Sent {
  statement: string
  values: (string | Buffer | null)[]
}
/** What is needed of the connection of pg. */
interface Wire {
  bind(message: Sent): void
  execute(message: object): void
  sync(): void
  stream: { cork?(): void; uncork?(): void }
}
type Settle = (error: Error | undefined, rows: unknown[], bound: boolean) => void

/** pg takes a query of one's own in pipeline mode when it is one of its class. */
const Query = pg.Query as unknown as new (text: string) => object

const converted = ({ name, values }: Statement): Sent => ({
  statement: name!,
  values: values.map(value => prepareValue(value))
})

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

  /** The error that is answered makes pg fail the query, and go on. */
  submit(wire: Wire): Error | null {
    const { binding, statement } = this.known
    let sent: Sent[]
    try {
      // Before anything is written: half a message would be the beginning of the next one.
      sent = [converted(binding), converted(statement)]
    } catch (error) {
      return error as Error
    }
    wire.stream.cork?.()
    try {
      for (const each of sent) {
        wire.bind(each)
        wire.execute({})
      }
      wire.sync()
    } finally {
      wire.stream.uncork?.()
    }
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
