/** The form in which a resource is validated and written: what the rules change beforehand, each change told. */
import type { Issue } from '../fhir/errors.js'
import type { Context } from './context.js'
import type { Intent } from './write.js'

/** Brings the resource into the form that is validated: the rules' own changes, each told. */
export function prepare(context: Context, intent: Intent): { intent: Intent; issues: Issue[] } {
  let { resource } = intent
  const issues: Issue[] = []
  if (!resource) return { intent, issues }
  resource = { ...resource, id: intent.id }
  for (const rule of context.rules.get(intent.type) ?? []) {
    const write = { ...intent, resource }
    if (!rule.prepare || !rule.when(write)) continue
    const prepared = rule.prepare(write)
    resource = prepared.resource
    issues.push(...prepared.issues)
  }
  return { intent: { ...intent, resource }, issues }
}
