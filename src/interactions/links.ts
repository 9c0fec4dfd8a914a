/** Links between the entries of a Bundle, to their fullUrl, and references by criteria. https://hl7.org/fhir/R4/http.html#trules */
import { copyJson } from '../fhir/digits.js'
import { fhirError } from '../fhir/errors.js'
import { eachReference } from '../fhir/reference.js'
import { replaceLinks } from '../fhir/uri-links.js'
import { resolve, type ConditionalReference } from './conditional-references.js'
import type { Settled } from './settle.js'

/** The same with links rewritten to the ids that the entries get. Throws FhirError for one that leads nowhere. */
export function linkEntries(settled: readonly Settled[], references: readonly ConditionalReference[]): Settled[] {
  const targets = targetsOf(settled)
  const searched = new Map(references.map(each => [each.reference, each]))
  const gone = new Set(
    settled.flatMap(({ intent }) => (intent?.interaction === 'delete' ? [`${intent.type}/${intent.id}`] : []))
  )
  return settled.map(each => {
    const { intent, ask } = each
    if (!intent?.resource || (intent.at === undefined && references.length === 0)) return each
    const resource = copyJson(intent.resource)
    eachReference(resource, intent.at ?? intent.type, (holder, path) => {
      const { reference } = holder
      const conditional = searched.get(reference)
      const target = conditional
        ? resolve(conditional, settled, gone, `${path}.reference`)
        : (targets.get(reference) ?? targets.get(besides(ask.fullUrl, reference)))
      if (target) holder.reference = target
      else if (intent.at !== undefined && reference.startsWith('urn:'))
        throw fhirError('not-found', `${reference} is the fullUrl of no entry of this Bundle`, {
          status: 422,
          expression: `${path}.reference`
        })
    })
    if (targets.size > 0) replaceLinks(resource, uri => targets.get(uri))
    return { ...each, intent: { ...intent, resource } }
  })
}

/** What the entries are called in the Bundle, and under which ids they stand. */
function targetsOf(settled: readonly Settled[]): Map<string, string> {
  const targets = new Map<string, string>()
  for (const { ask, intent, existing } of settled) {
    const { fullUrl, at } = ask
    const named = intent ?? existing
    if (fullUrl === undefined || !named || intent?.interaction === 'delete') continue
    if (targets.has(fullUrl))
      throw fhirError('invalid', `Two entries have the fullUrl ${fullUrl}`, {
        expression: at!.replace(/resource$/, 'fullUrl')
      })
    targets.set(fullUrl, `${named.type}/${named.id}`)
  }
  return targets
}

/** A relative reference as seen from an entry whose fullUrl is that of a server. https://hl7.org/fhir/R4/bundle.html#references */
function besides(fullUrl: string | undefined, reference: string): string {
  const root = /^(https?:\/\/.+\/)[A-Z][A-Za-z]+\/[A-Za-z0-9.-]{1,64}$/.exec(fullUrl ?? '')?.[1]
  return root ? root + reference : ''
}
