/** Booking: what may be taken, and how an appointment goes on. */
export { isBrought } from './brought.js'
export type { Fit, Seat } from './fit.js'
export { fit, room, slotTaken } from './fit.js'
export { hasEnded, mayFollow, occupies } from './status.js'
