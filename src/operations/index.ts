/** The operations that the server has, one folder each. */
import type { Operations } from '../interactions/context.js'
import { bookOperation } from './book/handler.js'
import { cancelOperation } from './cancel/handler.js'
import { findOperation } from './find/handler.js'
import { holdOperation } from './hold/handler.js'
import { rescheduleOperation } from './reschedule/handler.js'
import { disableOperation } from './disable/handler.js'
import { eraseOperation } from './erase/handler.js'
import { matchOperation } from './match/handler.js'
import { validateOperation } from './validate/handler.js'

export const operations: Operations = new Map(
  [
    bookOperation,
    cancelOperation,
    findOperation,
    holdOperation,
    rescheduleOperation,
    disableOperation,
    eraseOperation,
    matchOperation,
    validateOperation
  ].map(operation => [operation.name, operation])
)
