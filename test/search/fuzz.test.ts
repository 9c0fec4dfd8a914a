/** Query strings of all sorts: each is answered, or refused as the client's fault, never the server's. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { registry } from '../../src/resources/index.js'
import { COMMON_PARAMS } from '../../src/search/definition.js'
import { testServer, type TestServer } from '../support/server.js'

const RUNS = process.env.SOAK ? 50_000 : 300

let server: TestServer
beforeAll(async () => {
  server = await testServer({ environment: { TOKEN_TTL: '3600' } })
})
afterAll(() => server?.close())

const types = [...registry.keys()]
const names = [...new Set([...registry.values()].flatMap(({ search }) => search.map(({ name }) => name)))]
const modifiers = [
  'missing',
  'exact',
  'contains',
  'not',
  'text',
  'identifier',
  'of-type',
  'above',
  'below',
  'iterate',
  ...types
]
const one = (...values: string[]): fc.Arbitrary<string> => fc.constantFrom(...values)

const param = one(...names, ...COMMON_PARAMS.map(({ name }) => name), 'near', 'colour', '')
const modified = fc
  .tuple(param, one('', ...modifiers))
  .map(([name, modifier]) => (modifier ? `${name}:${modifier}` : name))
const chained = fc.array(modified, { minLength: 1, maxLength: 4 }).map(steps => steps.join('.'))
const reversed = fc
  .tuple(fc.array(fc.tuple(one(...types, 'Patient'), param), { minLength: 1, maxLength: 3 }), modified)
  .map(([steps, last]) => `${steps.map(([type, name]) => `_has:${type}:${name}:`).join('')}${last}`)
const control = one(
  '_sort',
  '_count',
  '_total',
  '_include',
  '_revinclude:iterate',
  '_summary',
  '_elements',
  '_cursor',
  '_type'
)
const name = fc.oneof(
  { arbitrary: modified, weight: 6 },
  { arbitrary: chained, weight: 3 },
  { arbitrary: reversed, weight: 2 },
  { arbitrary: control, weight: 2 },
  { arbitrary: fc.string({ maxLength: 12 }), weight: 1 }
)

const sensible = one(
  ...['true', 'false', 'a', 'Smith', '1', '0', '-1', '20', 'none', 'estimate', 'accurate', 'count', '*', '%', '_'],
  ...[
    '2026',
    '2026-02-30',
    'ge2026-01-01',
    'ap2026',
    'ne2026-01-01T00:00:00Z',
    '9999-12-31',
    'lt0001-01-01T00:00:00+14:00'
  ],
  ...[
    'Practitioner/dr-lee',
    'Organization/t-demo',
    'npi-1234567893',
    's.g.0.htdho.30',
    'http://localhost:3000/fhir/R4/Location/main'
  ],
  ...[
    'http://hl7.org/fhir/sid/us-npi|1234567893',
    '|x',
    'x|',
    '|',
    'a|b|c',
    'a,b,c',
    ',',
    'a\\,b',
    '\\',
    '$',
    '42|-73|1|km'
  ],
  ...[
    '-family,name',
    '_lastUpdated',
    'Practitioner:*',
    'PractitionerRole:practitioner',
    'Slot:schedule:Schedule',
    'x.y'
  ]
)
const value = fc.oneof(
  { arbitrary: sensible, weight: 8 },
  { arbitrary: fc.string({ unit: 'binary', maxLength: 20 }), weight: 2 },
  { arbitrary: fc.string({ maxLength: 3 }).map(each => each.repeat(400)), weight: 1 }
)
const encoded = (text: string): string => encodeURIComponent(Buffer.from(text).toString())
const query = fc
  .array(fc.tuple(name, value), { maxLength: 5 })
  .map(pairs => pairs.map(([key, each]) => `${encoded(key).replaceAll('%3A', ':')}=${encoded(each)}`).join('&'))
const raw = fc.string({ unit: 'grapheme-ascii', maxLength: 60 }).map(text => text.replaceAll('#', ''))

test(
  'no query string is a 500',
  async () => {
    await fc.assert(
      fc.asyncProperty(
        one(...types, ''),
        fc.oneof({ arbitrary: query, weight: 9 }, { arbitrary: raw, weight: 1 }),
        fc.boolean(),
        async (type, text, strict) => {
          const answer = await server.get(`${type}?${text}`, strict ? { Prefer: 'handling=strict' } : {})
          expect([200, 400, 403]).toContain(answer.status)
          expect((answer.body as { resourceType: string }).resourceType).toBe(
            answer.status === 200 ? 'Bundle' : 'OperationOutcome'
          )
        }
      ),
      { numRuns: RUNS }
    )
  },
  process.env.SOAK ? 3_600_000 : 60_000
)
