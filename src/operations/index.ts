/** The operations that the server has, one folder each. */
import type { Operations } from '../interactions/context.js'
import { disableOperation } from './disable/handler.js'
import { eraseOperation } from './erase/handler.js'
import { matchOperation } from './match/handler.js'
import { validateOperation } from './validate/handler.js'

export const operations: Operations = new Map(
  [disableOperation, eraseOperation, matchOperation, validateOperation].map(operation => [operation.name, operation])
)
