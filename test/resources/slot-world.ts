/** A clinic in New York whose doctor Ann works from 9 to 17 on weekdays; and searches in it as of 2026-01-01. */
import type { Slot } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { CANONICAL } from '../../src/fhir/types.js'
import { registry } from '../../src/resources/index.js'
import { computedSlots } from '../../src/resources/slot/computed.js'
import type { ComputedEnv, SearchPage } from '../../src/search/computed.js'
import { parseSearch } from '../../src/search/parse.js'
import type { Cursor, SearchPlan } from '../../src/search/plan.js'
import type { Store } from '../../src/store/ports.js'
import { createStores } from '../../src/store/postgres/stores.js'
import type { TestDatabase } from '../support/database.js'

export const ours = (name: string): string => `${CANONICAL}/StructureDefinition/${name}`
export const NOW = new Date('2026-01-01T00:00:00Z')

const SETTINGS = { defaultDuration: 30, bufferMinutes: 0, horizonDays: 90, leadMinutes: 0 }
type Elements = Record<string, unknown>

export interface World {
  env: ComputedEnv
  store: Store
  /** Writes resources anew: `Type/id` -> elements. */
  put(resources: Record<string, Elements>): Promise<void>
  plan(query: string): SearchPlan
  search(query: string, after?: Cursor): Promise<SearchPage>
  slots(query: string): Promise<Slot[]>
  /** Starts as they are shown. */
  starts(query: string): Promise<string[]>
}

export function worldOf({ database }: TestDatabase, tenant: string, settings: Partial<typeof SETTINGS> = {}): World {
  const store = createStores(database, registry).forTenant(tenant, 'test')
  const env: ComputedEnv = {
    store,
    now: NOW,
    tenant: { timeZone: 'UTC', appointments: { ...SETTINGS, ...settings } }
  }
  const plan = (query: string): SearchPlan =>
    parseSearch(registry, 'Slot', query, { base: 'http://here/fhir/R4', strict: true, maxCount: 1000, now: NOW })
  const search = (query: string, after?: Cursor): Promise<SearchPage> =>
    computedSlots.search(env, { ...plan(query), ...(after && { after }) })
  const slots = async (query: string): Promise<Slot[]> =>
    (await search(query)).matches.map(({ text }) => JSON.parse(text) as Slot)
  return {
    env,
    store,
    plan,
    search,
    slots,
    starts: async query => (await slots(query)).map(({ start }) => start),
    async put(resources) {
      const writes = Object.entries(resources).map(([reference, elements]) => {
        const [resourceType, id] = reference.split('/') as [string, string]
        const resource: Resource = { resourceType, id, ...elements }
        return { type: resourceType, id, resource, expected: 0 }
      })
      await store.commit([{ writes, rows: [], audit: [], outbox: [], locks: [] }])
    }
  }
}

export const clinic: Elements = {
  status: 'active',
  name: 'Clinic',
  extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/timezone', valueCode: 'America/New_York' }]
}
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri']

/** Works from 9 to 17 in the clinic. */
export const role = (practitioner: string, more: Elements = {}): Elements => ({
  active: true,
  practitioner: { reference: `Practitioner/${practitioner}` },
  location: [{ reference: 'Location/clinic' }],
  availableTime: [{ daysOfWeek: WEEKDAYS, availableStartTime: '09:00:00', availableEndTime: '17:00:00' }],
  ...more
})

export const schedule = (who: string, more: Elements = {}): Elements => ({
  active: true,
  actor: [`PractitionerRole/${who}-role`, `Practitioner/${who}`, 'Location/clinic'].map(reference => ({ reference })),
  ...more
})

/** A practitioner with role and schedule: `{who}`, `{who}-role`, `{who}-schedule`. */
export const provider = (who: string, family: string): Record<string, Elements> => ({
  [`Practitioner/${who}`]: { active: true, name: [{ family }] },
  [`PractitionerRole/${who}-role`]: role(who),
  [`Schedule/${who}-schedule`]: schedule(who)
})

export const annsClinic: Record<string, Elements> = { 'Location/clinic': clinic, ...provider('ann', 'Arbor') }

/** A Slot of the fifth of January. */
export const block = (from: string, to: string, status = 'busy', of = 'ann-schedule') => ({
  schedule: { reference: `Schedule/${of}` },
  status,
  start: `2026-01-05T${from}:00-05:00`,
  end: `2026-01-05T${to}:00-05:00`
})

/** `09:00` ... of the wall clock. */
export const times = (starts: string[]): string[] => starts.map(start => start.slice(11, 16))

/** Of one day on the clock of New York in January. */
export const MONDAY = 'start=ge2026-01-05T00:00:00-05:00&start=lt2026-01-06T00:00:00-05:00&_count=100'
