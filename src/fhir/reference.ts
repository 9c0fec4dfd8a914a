/** Literal references. https://hl7.org/fhir/R4/references.html#literal */

export interface LiteralReference {
  type: string
  id: string
  version?: string
}

const RELATIVE = /^([A-Z][A-Za-z]+)\/([A-Za-z0-9.-]{1,64})(?:\/_history\/([A-Za-z0-9.-]{1,64}))?$/

/**
 * Reads `Type/id`, or an absolute URL of this server when `base` is given. Everything else (urn:, #id, other servers)
 * is undefined: not ours to resolve.
 */
export function parseReference(reference: string, base?: string): LiteralReference | undefined {
  const relative = base && reference.startsWith(`${base}/`) ? reference.slice(base.length + 1) : reference
  const match = RELATIVE.exec(relative)
  if (!match) return undefined
  return { type: match[1]!, id: match[2]!, ...(match[3] && { version: match[3] }) }
}

export const formatReference = (type: string, id: string): string => `${type}/${id}`

/** Calls `visit` for each object that has a `reference` string, with its FHIRPath; contained resources included. */
export function eachReference(
  node: unknown,
  path: string,
  visit: (holder: { reference: string }, path: string) => void
): void {
  if (Array.isArray(node)) {
    node.forEach((item, index) => eachReference(item, `${path}[${index}]`, visit))
  } else if (node !== null && typeof node === 'object') {
    for (const [key, value] of Object.entries(node)) {
      if (key === 'reference' && typeof value === 'string') visit(node as { reference: string }, path)
      else if (value !== null && typeof value === 'object') eachReference(value, `${path}.${key}`, visit)
    }
  }
}
