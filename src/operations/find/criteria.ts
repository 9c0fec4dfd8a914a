/** What is looked for in Slots: parameters of $find as search parameters of Slot. */
import { retold } from '../../fhir/errors.js'
import { textsOf, type Given } from '../appointment/parameters.js'

/** The search parameter behind each; of those that stand for the same one any value will do. */
const PARAMS: Readonly<Record<string, string>> = {
  specialty: 'specialty',
  'service-type': 'service-type',
  'visit-type': 'service-type',
  'appointment-type': 'appointment-type',
  'healthcare-service': 'service-type-reference',
  'service-type-reference': 'service-type-reference',
  organization: 'schedule.actor:PractitionerRole.organization',
  'location-string': 'schedule.actor:Location.name'
}
export const CRITERIA = Object.keys(PARAMS)

export interface Criterion {
  /** As the caller named it. */
  name: string
  param: string
  value: string
}

export const criteriaOf = (all: readonly Given[]): Criterion[] =>
  [...new Set(Object.values(PARAMS))].flatMap(param => {
    const names = CRITERIA.filter(name => PARAMS[name] === param)
    const values = textsOf(all, ...names)
    const name = all.find(given => names.includes(given.name))?.name
    return name && values.length > 0 ? [{ name, param, value: values.join(',') }] : []
  })

/** Does it; what is refused of a search parameter is told of the parameter that the caller named. */
export function told<T>(criteria: readonly Criterion[], work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw retold(error, issue => {
      const from = criteria.find(({ param }) => param === issue.expression)
      return from ? { ...issue, text: issue.text.replaceAll(from.param, from.name), expression: from.name } : issue
    })
  }
}
