/** The write rules of HealthcareService. */
import type { Duration, Extension } from 'fhir/r4.js'
import { error, type Issue } from '../../fhir/errors.js'
import { CANONICAL } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'
import { serviceAssignment } from '../assignment-rules.js'

const OURS = `${CANONICAL}/StructureDefinition/`
/** A week: nothing that is booked takes longer. */
const LONGEST = 7 * 24 * 60
/** More than any currency asks for anything; and no sum of them loses its digits. */
const DEAREST = 1e12

interface Figure {
  rule: 'S1' | 'S3'
  /** Below the extension. */
  place: string
  /** What its value must be. */
  words: string
  fits: (extension: Extension) => boolean
}

/** Openings are of whole minutes: of any other time they would silently not be what was asked for (S3). */
const minutes = (least: number): Figure => ({
  rule: 'S3',
  place: 'value',
  words: `whole minutes from ${least} to ${LONGEST}: a value with the code min (or h) of http://unitsofmeasure.org`,
  fits({ valueDuration = {} }) {
    const told = minutesOf(valueDuration)
    return Number.isInteger(told) && told >= least && told <= LONGEST
  }
})

/** Nobody is paid for coming. */
const price: Figure = {
  rule: 'S1',
  place: 'value.value',
  words: `from 0 to ${DEAREST}`,
  fits: ({ valueMoney: { value = 0 } = {} }) => value >= 0 && value <= DEAREST
}

const FIGURES: ReadonlyMap<string, Figure> = new Map([
  [`${OURS}service-duration`, minutes(1)],
  [`${OURS}buffer-before`, minutes(0)],
  [`${OURS}buffer-after`, minutes(0)],
  [`${OURS}service-price`, price]
])

/** How long it takes, what is kept free round it, and what it costs: each told once, and something that makes sense. */
const figures: WriteRule = {
  key: 'service-figures',
  when: ({ resource }) => resource?.extension !== undefined,
  decide: ({ resource }) => {
    const extensions = resource!.extension as Extension[]
    const first = new Map(extensions.map(({ url }, index) => [url, index] as const).reverse())
    return { issues: extensions.flatMap((each, index) => figureIssues(each, index, first)) }
  }
}

function figureIssues(extension: Extension, index: number, first: ReadonlyMap<string, number>): Issue[] {
  const { url } = extension
  const figure = FIGURES.get(url)
  if (!figure) return []
  const { rule, place, words, fits } = figure
  const name = url.slice(OURS.length)
  const at = `HealthcareService.extension[${index}]`
  if (first.get(url) !== index) return [error('business-rule', `${name} is told once`, at, rule)]
  return fits(extension) ? [] : [error('business-rule', `${name} is ${words}`, `${at}.${place}`, rule)]
}

const MINUTES: Record<string, number> = { min: 1, h: 60 }
const CALLED_MINUTES = ['min', 'minute', 'minutes']

/** NaN for what is no time in minutes or hours. Without a code they are minutes, unless the unit says otherwise. */
function minutesOf({ value = NaN, code, unit = 'min' }: Duration): number {
  const told = code ?? (CALLED_MINUTES.includes(unit) ? 'min' : undefined)
  return value * (MINUTES[told ?? ''] ?? NaN)
}

export const healthcareServiceRules: readonly WriteRule[] = [serviceAssignment, figures]
