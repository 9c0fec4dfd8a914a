/**
 * Makes of what is asked what is to be decided now: criteria become the resource that they match or a new one, patches
 * what comes of them, and links between entries of a Bundle the ids that the entries get.
 */
import { fhirError } from '../fhir/errors.js'
import type { Premise, Written } from '../store/ports.js'
import type { Ask, Intent } from './ask.js'
import type { Context } from './context.js'
import { multiple, type Criteria } from './criteria.js'
import { conditional, intentOf, patched } from './conditional.js'
import { linkEntries } from './links.js'
import { lookUp, type LookedUp } from './look-up.js'

/** What one ask amounts to: something to write, or what is there already. */
export interface Settled {
  ask: Ask
  criteria?: Criteria
  intent?: Intent
  existing?: Written
}

/** In the order of the asks; `premises` are the searches that must still yield the same at the commit. */
export async function settle(
  context: Context,
  asked: readonly Ask[]
): Promise<{ settled: Settled[]; premises: Premise[] }> {
  const { found, references } = await lookUp(context, asked)
  const premises = found.flatMap(({ criteria, matches }): Premise[] =>
    criteria ? [{ of: criteria.key, requests: [{ kind: 'matches', plan: criteria.plan }], answers: [matches] }] : []
  )
  const deleted = new Set<string>()
  const first = found.filter(({ ask }) => ask.interaction === 'delete').map(each => one(each, deleted))
  for (const { intent } of first) if (intent) deleted.add(`${intent.type}/${intent.id}`)
  const removals = new Map(first.map(each => [each.ask, each]))
  const settled = found.map(each => removals.get(each.ask) ?? one(each, deleted))
  refuseTwice(settled)
  return { settled: linkEntries(settled, references), premises }
}

/** `deleted`: what goes before it in the same transaction. */
function one({ ask, criteria, matches, current }: LookedUp, deleted: ReadonlySet<string>): Settled {
  if (!criteria)
    return { ask, intent: ask.interaction === 'patch' ? patched(ask, current) : intentOf(ask, ask.interaction) }
  const [match, ...more] = matches.filter(({ id }) => !deleted.has(`${ask.type}/${id}`))
  if (more.length > 0) throw multiple(criteria)
  return { ask, criteria, ...conditional(ask, criteria, match) }
}

/** Two entries may not change one resource, nor make one by the same criteria. */
function refuseTwice(settled: readonly Settled[]): void {
  const seen = new Map<string, string>()
  for (const { ask, criteria, intent } of settled) {
    if (!intent) continue
    const { at = '' } = ask
    const names = [`${intent.type}/${intent.id}`, ...(criteria && !intent.found ? [criteria.key] : [])]
    for (const name of names) {
      const first = seen.get(name)?.replace(/\.resource$/, '')
      if (first !== undefined)
        throw fhirError('invalid', `${name} is changed by two entries: by ${first}, too`, { expression: at })
    }
    for (const name of names) seen.set(name, at)
  }
}
