/** The calendar: which dates there are, and the range of instants that a partial date covers. */

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** True when the first ten characters, of the form YYYY-MM-DD, are a day of the calendar. */
export function isCalendarDate(text: string): boolean {
  const day = digits(text, 8)
  if (day <= 28) return true
  const month = digits(text, 5)
  if (month !== 2) return day <= DAYS[month - 1]!
  const year = digits(text, 0) * 100 + digits(text, 2)
  return day <= (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28)
}

const digits = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48

/**
 * True when `a` is surely after `b`: compared as FHIRPath does, part by part as far as both go, so that 2020-03 is not
 * after 2020-03-14. Both are valid dateTimes; times of day are compared as instants.
 */
export function isAfter(a: string, b: string): boolean {
  if (a.length > 10 && b.length > 10) return instant(a) > instant(b)
  const common = Math.min(a.length, b.length, 10)
  return a.slice(0, common) > b.slice(0, common)
}

/** Milliseconds since 1970; a leap second is the next second's start. */
const instant = (text: string): number => {
  const at = Date.parse(text)
  return Number.isNaN(at) ? Date.parse(text.replace(/:60/, ':59')) + 1000 : at
}
