/** A resource in one line. */
import type { Bundle, FhirResource, HumanName } from 'fhir/r4.js'

const SHOWN = 3

export function summary(resource: FhirResource | undefined): string {
  if (!resource) return ''
  if (resource.resourceType === 'Bundle') return bundleSummary(resource)
  if (resource.resourceType === 'OperationOutcome')
    return resource.issue
      .map(({ severity, code, details, expression }) =>
        `${severity} ${code}: ${details?.text} ${at(expression)}`.trim()
      )
      .join('; ')
  return resourceSummary(resource)
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

function resourceSummary(resource: FhirResource): string {
  const head = `${resource.resourceType}/${resource.id}`
  if (resource.resourceType === 'Slot') return `${resource.status} ${resource.start} to ${resource.end} (${head})`
  if (resource.resourceType === 'PractitionerRole') return `${head} of ${resource.practitioner?.reference}`
  const name = (resource as { name?: string | HumanName[] }).name
  return [head, typeof name === 'string' ? name : name?.[0]?.text].filter(Boolean).join(' ')
}
