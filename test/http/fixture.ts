/** The HTTP side over parts in memory: dispatch is the test's, and what it is handed is kept. */
import { pino } from 'pino'
import type { Express } from 'express'
import { openAuth, type Auth } from '../../src/auth/index.js'
import { createHttp, FHIR_PATH, type HttpParts } from '../../src/http/index.js'
import type { Context, FhirRequest, FhirResponse, Operation, TenantSettings } from '../../src/interactions/context.js'
import { INTERACTIONS, type Registry } from '../../src/search/registry.js'
import { addClient, memorySystem, SESSIONS, testClock, type MemorySystem } from '../auth/memory-system.js'

export const ORIGIN = 'http://locum.test'
export const FHIR = FHIR_PATH

export interface Fixture {
  app: Express
  auth: Auth
  system: MemorySystem
  clock: ReturnType<typeof testClock>
  /** What dispatch was handed, in order. */
  calls: { context: Context; request: FhirRequest & { text?: string } }[]
  /** Answer of dispatch from now on. */
  answer(next: FhirResponse | Error): void
  /** Parsed lines of the log. */
  logged: Record<string, unknown>[]
  /** Authorization header of client `demo`, tenant `demo`. */
  bearer: (scope?: string) => Promise<string>
}

const settings = (id: string): TenantSettings => ({
  id,
  name: id,
  country: 'US',
  timeZone: 'America/New_York',
  nameMatch: 'folded',
  identifiers: {},
  references: 'resolve',
  unknownProfile: 'warning',
  profiles: {},
  features: {},
  staffScopes: undefined,
  appointments: {
    defaultDuration: 30,
    bufferMinutes: 0,
    horizonDays: 90,
    leadMinutes: 0,
    autoSchedule: true,
    overlappingSchedules: false,
    holdMinutes: 10
  },
  services: { manyProviders: false }
})

export async function fixture(change: Partial<HttpParts> = {}): Promise<Fixture> {
  const system = memorySystem()
  system.parents.set('demo-north', 'demo').set('closed', 'demo')
  await addClient(system, { id: 'demo', secret: 'demo-secret' })
  const clock = testClock()
  const auth = await openAuth({ ...SESSIONS, system, origin: ORIGIN, base: ORIGIN + FHIR, tokenTtl: 300, clock })
  const calls: Fixture['calls'] = []
  const logged: Fixture['logged'] = []
  let next: FhirResponse | Error = { status: 200, headers: {}, body: { resourceType: 'Bundle' } }

  const app = createHttp({
    origin: ORIGIN,
    auth,
    dispatch: async (context, request) => {
      calls.push({ context, request })
      if (next instanceof Error) throw next
      return next
    },
    contexts: {
      stores: { forTenant: (tenant, subject) => ({ tenant, subject }) as unknown as Context['store'] },
      system,
      server: { version: '0', started: clock(), cors: false },
      registry: new Map(
        ['Practitioner', 'Slot'].map(type => [type, { interactions: INTERACTIONS }])
      ) as unknown as Registry,
      validator: {} as Context['validator'],
      rules: new Map(),
      operations: new Map([['disable', { name: 'disable', on: ['instance'] } as unknown as Operation]]),
      hash: async password => password,
      trail: system,
      pageKey: 'page key',
      chainSteps: 6,
      tenantSettings: async id => (id === 'closed' ? undefined : settings(id)),
      clock
    },
    tokensPerMinute: 0,
    writesPerMinute: 0,
    trustProxy: 0,
    corsOrigins: [],
    users: system,
    invitations: {
      doors: {
        openInvitation: async () => undefined,
        redeemInvitation: async () => false,
        isLate: async () => false,
        inviteAgain: async () => false
      },
      hashToken: token => token,
      hash: async password => password
    },
    tenancy: { forTenant: () => ({}) as never },
    ready: async () => ({ database: true, migrations: true }),
    log: pino({ level: 'debug' }, { write: line => void logged.push(JSON.parse(line) as Record<string, unknown>) }),
    bodyLimit: 10_000,
    ...change
  })
  const bearer = async (scope = 'system/*.cruds') => {
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: 'demo',
      client_secret: 'demo-secret',
      scope
    })
    return `Bearer ${(await auth.issueToken({ authorization: undefined, form })).access_token}`
  }
  return { app, auth, system, clock, calls, answer: given => void (next = given), logged, bearer }
}

/** What an OperationOutcome says, checked for its form. */
export function issueOf(body: unknown): { code: string; text: string; expression?: string[] } {
  const { resourceType, issue } = body as { resourceType: string; issue: Record<string, never>[] }
  if (resourceType !== 'OperationOutcome' || issue.length === 0) throw new Error(`no outcome: ${JSON.stringify(body)}`)
  const { code, details, expression } = issue[0]! as unknown as {
    code: string
    details: { text: string }
    expression?: string[]
  }
  return { code, text: details.text, expression }
}
