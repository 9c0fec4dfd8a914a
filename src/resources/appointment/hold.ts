/** Until when a pending Appointment keeps its Slots: an extension that only the server sets. */
import { CANONICAL, type JsonObject, type Resource } from '../../fhir/types.js'

export const HELD_UNTIL = `${CANONICAL}/StructureDefinition/held-until`

const extensions = ({ extension }: Resource): JsonObject[] => (extension ?? []) as JsonObject[]

export const holdOf = (appointment: Resource): string | undefined =>
  extensions(appointment).find(({ url }) => url === HELD_UNTIL)?.valueInstant as string | undefined

/** With this hold, or without any. */
export function withHold(appointment: Resource, until: string | undefined): Resource {
  const others = extensions(appointment).filter(({ url }) => url !== HELD_UNTIL)
  const { extension: _, ...rest } = appointment
  const all = until ? [...others, { url: HELD_UNTIL, valueInstant: until }] : others
  return all.length > 0 ? { ...rest, extension: all } : rest
}
