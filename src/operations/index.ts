/** The operations that the server has, one folder each. */
import type { Operations } from '../interactions/context.js'
import { validateOperation } from './validate/handler.js'

export const operations: Operations = new Map([validateOperation].map(operation => [operation.name, operation]))
