/** Links of a resource beside its references: values of type uri, url, oid and uuid, and those in its narrative. https://hl7.org/fhir/R4/http.html#trules */

type Node = Record<string, unknown>

/** Elements that hold one; canonicals are none. `url` is one of an Attachment, but of an Extension its name. */
const URIS = /^(?:value(?:Uri|Url|Oid|Uuid)|address|source)$/
const IN_NARRATIVE = /(\s(?:href|src)\s*=\s*)(?:"([^"]*)"|'([^']*)')/g

/** Puts what `replaced` gives in the place of each, within the resource; undefined leaves it. */
export function replaceLinks(node: unknown, replaced: (uri: string) => string | undefined, name = ''): void {
  if (Array.isArray(node)) node.forEach(each => replaceLinks(each, replaced, name))
  else if (node !== null && typeof node === 'object')
    for (const [key, value] of Object.entries(node)) {
      if (typeof value !== 'string') replaceLinks(value, replaced, key)
      else if (URIS.test(key) || (key === 'url' && !/extension$/i.test(name)))
        (node as Node)[key] = replaced(value) ?? value
      else if (key === 'div') (node as Node)[key] = inNarrative(value, replaced)
    }
}

const inNarrative = (div: string, replaced: (uri: string) => string | undefined): string =>
  div.replace(IN_NARRATIVE, (whole, attribute: string, one?: string, other?: string) => {
    const target = replaced(one ?? other ?? '')
    return target === undefined ? whole : `${attribute}"${target}"`
  })
