/** A list of CodeableConcepts in rows: one row a coding, so that each coding is a typed, indexed pair of columns. */
import type { JsonObject } from '../fhir/types.js'
import type { Row } from './spec.js'

interface Concept {
  coding?: JsonObject[]
  text?: string
}

/** Rows with columns concept (index of the concept), system, code, display, text (on the concept's first row), rest. */
export function conceptRows(items: readonly JsonObject[]): Row[] {
  return items.flatMap((item, concept) => {
    const { coding, text, ...more } = item as Concept & JsonObject
    const codings = Array.isArray(coding) && coding.length > 0 ? coding : [undefined]
    return codings.map((each, index): Row => {
      const { system = null, code = null, display = null, ...extra } = each ?? {}
      const rest = {
        ...(Object.keys(extra).length > 0 && { coding: extra }),
        ...(index === 0 && Object.keys(more).length > 0 && { concept: more })
      }
      return { concept, system, code, display, text: index === 0 ? (text ?? null) : null, rest }
    })
  })
}

export function conceptItems(rows: readonly Row[]): JsonObject[] {
  const items = new Map<number, Concept & JsonObject>()
  for (const row of rows) {
    const rest = (row.rest ?? {}) as { coding?: JsonObject; concept?: JsonObject }
    const item = items.get(row.concept as number) ?? {}
    const coding: JsonObject = { ...rest.coding }
    for (const column of ['system', 'code', 'display'] as const) {
      if (row[column] !== null && row[column] !== undefined) coding[column] = row[column] as string
    }
    Object.assign(item, rest.concept)
    if (Object.keys(coding).length > 0) item.coding = [...(item.coding ?? []), coding]
    if (typeof row.text === 'string') item.text = row.text
    items.set(row.concept as number, item)
  }
  return [...items.values()]
}
