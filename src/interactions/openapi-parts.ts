/** What all paths of the OpenAPI description share: schemas, headers, answers. https://spec.openapis.org/oas/v3.1.0#components-object */

export const FHIR_JSON = 'application/fhir+json'

export const ref = (kind: 'schemas' | 'parameters' | 'responses', name: string) => ({
  $ref: `#/components/${kind}/${name}`
})

const text = { type: 'string' }
const query = (name: string, description: string, schema: object = text) => ({ name, in: 'query', description, schema })
const header = (name: string, description: string) => ({ name, in: 'header', description, schema: text })
const segment = (name: string, description: string) => ({ name, in: 'path', required: true, description, schema: text })

const OPERATIONS = ['add', 'remove', 'replace', 'move', 'copy', 'test']
const resource = (properties: object = {}) => ({
  type: 'object',
  required: ['resourceType'],
  properties: { resourceType: text, ...properties }
})

/** Parameters of the form of any answer that holds resources. */
export const SHOWN = ['summary', 'elements', 'format', 'pretty'].map(name => ref('parameters', name))

/** The media types that are spoken. */
export const json = (schema: object): object => ({ [FHIR_JSON]: { schema }, 'application/json': { schema } })

const RETURN = 'return=minimal, return=representation or return=OperationOutcome'
const HANDLING = 'handling=strict refuses what handling=lenient leaves out'

export const COMPONENTS = {
  schemas: {
    Resource: resource({ id: text, meta: { type: 'object' } }),
    Bundle: resource({ type: text, entry: { type: 'array', items: { type: 'object' } } }),
    OperationOutcome: resource({ issue: { type: 'array', minItems: 1, items: { type: 'object' } } }),
    JsonPatch: {
      type: 'array',
      items: {
        type: 'object',
        required: ['op', 'path'],
        properties: { op: { enum: OPERATIONS }, path: text, from: text, value: {} }
      }
    }
  },
  parameters: {
    id: segment('id', 'Id of the resource'),
    version: segment('version', 'Version, as the ETag says it'),
    count: query('_count', 'Size of a page', { type: 'integer', minimum: 0, maximum: 1000 }),
    sort: query('_sort', 'Names of parameters, with commas between; - before one turns its order round'),
    total: query('_total', 'Whether to count what matches', { enum: ['none', 'estimate', 'accurate'] }),
    format: query('_format', 'json, or a media type of JSON'),
    pretty: query('_pretty', 'Whether to indent', { type: 'boolean' }),
    type: query('_type', 'Names of types, with commas between'),
    since: query('_since', 'Versions not older than this instant'),
    at: query('_at', 'Versions that stood at some time in this'),
    summary: query('_summary', 'A part of each resource', { enum: ['true', 'text', 'data', 'count', 'false'] }),
    elements: query('_elements', 'Names of elements that are enough, with commas between'),
    ifMatch: header('If-Match', 'Only when this version stands: W/"3", or * for any'),
    ifNoneMatch: header('If-None-Match', 'Version that is known already'),
    ifNoneExist: header('If-None-Exist', 'Only when nothing matches this search'),
    preferReturn: header('Prefer', RETURN),
    preferHandling: header('Prefer', HANDLING),
    prefer: header('Prefer', `Of what is written ${RETURN}; of what is searched ${HANDLING}`)
  },
  responses: {
    Refused: {
      description: 'Refused: the OperationOutcome says why, and what to do',
      content: json(ref('schemas', 'OperationOutcome'))
    }
  }
}

const WORDS: Record<number, string> = {
  200: 'Done',
  201: 'Created',
  204: 'Nothing is there any more',
  304: 'Nothing new'
}

/** By status; a schema for those that have a body. */
export const answers = (schema: string | undefined, ...statuses: number[]): Record<string, object> => ({
  ...Object.fromEntries(
    statuses.map(status => [
      status,
      {
        description: WORDS[status]!,
        ...(schema && status !== 204 && status !== 304 && { content: json(ref('schemas', schema)) })
      }
    ])
  ),
  default: ref('responses', 'Refused')
})
