/** The write rules of HealthcareService. */
import type { Duration, Extension, Money } from 'fhir/r4.js'
import { error, type Issue } from '../../fhir/errors.js'
import { CANONICAL } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'
import { serviceAssignment } from '../assignment-rules.js'

const OURS = `${CANONICAL}/StructureDefinition`
/** A week: nothing that is booked takes longer. */
const MOST = 7 * 24 * 60
/** The least of each. */
const LEAST: ReadonlyMap<string, number> = new Map([
  [`${OURS}/service-duration`, 1],
  [`${OURS}/buffer-before`, 0],
  [`${OURS}/buffer-after`, 0]
])
const MINUTES: Record<string, number> = { min: 1, h: 60 }
const CALLED_MINUTES = ['min', 'minute', 'minutes']

/** Openings are of whole minutes: of any other time they would silently not be what was asked for (S3). */
const times: WriteRule = {
  key: 'service-times',
  when: ({ resource }) => resource?.extension !== undefined,
  decide: ({ resource }) => {
    const extensions = resource!.extension as Extension[]
    const first = new Map(extensions.map(({ url }, index) => [url, index] as const).reverse())
    return { issues: extensions.flatMap((each, index) => timeIssues(each, index, first)) }
  }
}

function timeIssues(
  { url, valueDuration = {} }: Extension,
  index: number,
  first: ReadonlyMap<string, number>
): Issue[] {
  const least = LEAST.get(url)
  if (least === undefined) return []
  const name = url.slice(OURS.length + 1)
  const at = `HealthcareService.extension[${index}]`
  if (first.get(url) !== index) return [error('business-rule', `${name} is told once`, at, 'S3')]
  const minutes = minutesOf(valueDuration)
  if (Number.isInteger(minutes) && minutes >= least && minutes <= MOST) return []
  const text = `${name} is whole minutes from ${least} to ${MOST}: a value with the code min (or h) of http://unitsofmeasure.org`
  return [error('business-rule', text, `${at}.value`, 'S3')]
}

const PRICE = `${OURS}/service-price`
/** More than any currency asks for anything; and no sum of them loses its digits. */
const DEAREST = 1e12

/** Nobody is paid for coming. */
const price: WriteRule = {
  key: 'service-price',
  when: ({ resource }) => resource?.extension !== undefined,
  decide: ({ resource }) => {
    const extensions = resource!.extension as Extension[]
    const first = extensions.findIndex(({ url }) => url === PRICE)
    return { issues: extensions.flatMap((each, index) => (each.url === PRICE ? priceIssues(each, index, first) : [])) }
  }
}

function priceIssues({ valueMoney = {} }: Extension, index: number, first: number): Issue[] {
  const at = `HealthcareService.extension[${index}]`
  if (index !== first) return [error('business-rule', 'service-price is told once', at, 'S1')]
  const { value }: Money = valueMoney
  if (value === undefined || (value >= 0 && value <= DEAREST)) return []
  return [error('business-rule', `service-price is from 0 to ${DEAREST}`, `${at}.value.value`, 'S1')]
}

/** NaN for what is no time in minutes or hours. Without a code they are minutes, unless the unit says otherwise. */
function minutesOf({ value = NaN, code, unit = 'min' }: Duration): number {
  const told = code ?? (CALLED_MINUTES.includes(unit) ? 'min' : undefined)
  return value * (MINUTES[told ?? ''] ?? NaN)
}

export const healthcareServiceRules: readonly WriteRule[] = [serviceAssignment, times, price]
