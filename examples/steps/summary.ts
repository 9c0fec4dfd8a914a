/** A resource in one line. */
import type { Bundle, FhirResource, HumanName, OperationOutcome, Slot } from 'fhir/r4.js'

/** Entries of a Bundle that are told. */
const SHOWN = 2

export function summary(resource: FhirResource | undefined): string {
  if (!resource) return ''
  if (resource.resourceType === 'Bundle') return bundleSummary(resource)
  if (resource.resourceType === 'OperationOutcome') return outcomeSummary(resource)
  return resourceSummary(resource)
}

/** The errors; the warnings are counted. */
function outcomeSummary({ issue }: OperationOutcome): string {
  const errors = issue.filter(({ severity }) => severity === 'error' || severity === 'fatal')
  const shown = errors.length > 0 ? errors : issue
  const lines = shown.map(({ severity, code, details, expression }) =>
    `${severity} ${code}: ${details?.text} ${at(expression)}`.trim()
  )
  const others = issue.length - shown.length
  return lines.join('; ') + (others > 0 ? ` (and ${others} more of less weight)` : '')
}

const at = (expression: string[] | undefined): string => (expression ? `[${expression.join(', ')}]` : '')

function bundleSummary({ type, total, entry = [] }: Bundle): string {
  const lines = entry.map(({ resource, response, search }) =>
    [
      response?.status,
      search?.mode === 'include' && 'included',
      resource ? resourceSummary(resource as FhirResource) : response?.location
    ]
      .filter(Boolean)
      .join(' ')
  )
  const more = lines.length > SHOWN ? ` and ${lines.length - SHOWN} more` : ''
  return `${type}${total === undefined ? '' : `, total ${total}`}: ${lines.slice(0, SHOWN).join('; ')}${more}`
}

const length = ({ start, end }: Slot): number => (Date.parse(end) - Date.parse(start)) / 60_000

function resourceSummary(resource: FhirResource): string {
  const head = `${resource.resourceType}/${resource.id}`
  if (resource.resourceType === 'Slot')
    return `${head} ${resource.status}, ${resource.start}, ${length(resource)} minutes`
  if (resource.resourceType === 'Appointment')
    return `${resource.id ? head : 'Appointment'} ${resource.status}, ${resource.start}, ${resource.slot?.[0]?.reference}`
  if (resource.resourceType === 'PractitionerRole') return `${head} of ${resource.practitioner?.reference}`
  const name = (resource as { name?: string | HumanName[] }).name
  return [head, typeof name === 'string' ? name : name?.[0]?.text].filter(Boolean).join(' ')
}
