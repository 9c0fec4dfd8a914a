/** Statistics of a tenant (S12): practitioners by specialty, status and gender; appointments by practitioner. */
import { fhirError } from '../fhir/errors.js'
import type { TenancyStore } from '../store/tenancy.js'

export const practitionerStatistics = (store: TenancyStore): Promise<object> => store.practitionerCounts()

/** Of appointments that start from `from` until before `to`: dates or instants; absent, all. Throws FhirError 400. */
export async function appointmentStatistics(store: TenancyStore, query: URLSearchParams): Promise<object> {
  const [from, to] = [instant(query, 'from'), instant(query, 'to')]
  const practitioners = await store.appointmentCounts(from, to)
  return {
    from: from ?? null,
    to: to ?? null,
    practitioners: practitioners.map(({ practitioner, ...rest }) => ({
      practitioner: { reference: `Practitioner/${practitioner}` },
      ...rest
    }))
  }
}

const FORM = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/

function instant(query: URLSearchParams, name: string): string | undefined {
  const text = query.get(name)
  if (text === null) return undefined
  const time = FORM.test(text) && isDay(text.slice(0, 10)) ? Date.parse(text) : NaN
  if (Number.isNaN(time))
    throw fhirError('value', `${name} must be a date or an instant, such as 2026-03-09 or 2026-03-09T14:00:00Z`, {
      expression: name
    })
  return new Date(time).toISOString()
}

/** Neither February 30th, which JavaScript takes for a day of March, nor the year 0, which there was not. */
const isDay = (day: string): boolean => {
  const time = Date.parse(day)
  return !Number.isNaN(time) && day >= '0001' && new Date(time).toISOString().startsWith(day)
}
