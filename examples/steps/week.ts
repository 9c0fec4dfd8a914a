/** The seven days from tomorrow: whatever day it is, five working days are among them. */
const DAY = 86_400_000

const date = (days: number): string => new Date(Date.now() + days * DAY).toISOString().slice(0, 10)

/** The same as a range, its last day included. */
export const days = (): string => `start=${date(1)}&end=${date(7)}`

export const nextWeek = (): string => `start=ge${date(1)}&start=lt${date(8)}`
