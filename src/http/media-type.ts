/** Media types as they stand in Content-Type and Accept. */

export const FHIR_JSON = 'application/fhir+json'
export const PLAIN_JSON = 'application/json'
export const FORM = 'application/x-www-form-urlencoded'
export const JSON_PATCH = 'application/json-patch+json'

export interface MediaType {
  /** Lower case, without parameters. */
  type: string
  parameters: Readonly<Record<string, string>>
}

export function parseMediaType(text: string): MediaType {
  const [type = '', ...rest] = text.split(';').map(part => part.trim())
  const pairs = rest.map(part =>
    part.split('=', 2).map(side =>
      side
        .trim()
        .replace(/^"(.*)"$/, '$1')
        .toLowerCase()
    )
  )
  return {
    type: type.toLowerCase(),
    parameters: Object.fromEntries(pairs.map(([name = '', value = '']) => [name, value]))
  }
}

/** Whether a FHIR version that the media type names is this server's. https://hl7.org/fhir/R4/versioning.html#mt-version */
export const isR4 = ({ parameters }: MediaType): boolean => /^4\.0(\.1)?$/.test(parameters.fhirversion ?? '4.0')
