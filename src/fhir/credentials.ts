/** Login and password of an account: extensions that only the creation of an account may carry (P3). */
import { error, type Issue } from './errors.js'

/** Their URLs in each spelling in use; the first group tells which it is. */
export const CREDENTIAL =
  /^https?:\/\/(?:www\.)?healthgorilla\.com\/fhir\/(?:R4\/)?StructureDefinition\/hg-practitioner-(login|password)(?:\|.*)?$/

/** What else looks like one: a misspelt URL must not put a password into the directory. */
const SUSPECT = /password|hg-practitioner-login/i

/** An issue for each such extension anywhere in a resource that is to be stored. */
export function credentialIssues(node: unknown, path: string): Issue[] {
  if (Array.isArray(node)) return node.flatMap((item, index) => credentialIssues(item, `${path}[${index}]`))
  if (node === null || typeof node !== 'object') return []
  const url = (node as { url?: unknown }).url
  if (typeof url === 'string' && (CREDENTIAL.test(url) || SUSPECT.test(url)))
    return [
      error(
        'business-rule',
        'Logins and passwords are set when an account is created, and nowhere else: leave this out',
        path,
        'P3'
      )
    ]
  return Object.entries(node).flatMap(([key, value]) => credentialIssues(value, `${path}.${key}`))
}
