/** P4: accounts of one Bundle are held against each other; the database would only say that one of them is too many. */
import { error, type Issue } from '../../fhir/errors.js'
import type { Resource } from '../../fhir/types.js'
import type { RuleEnv } from '../../store/write-rule.js'
import { readAccount, type Account } from './account.js'
import { isAccount, tenantOf } from './codes.js'

interface Sent {
  role: Resource
  account: Account
  /** `Bundle.entry[2].resource`. */
  at: string | undefined
}

const KEYS: readonly [part: 'email' | 'phone' | 'username' | 'npi' | 'userId', place: string, what: string][] = [
  ['email', 'telecom', 'Email'],
  ['phone', 'telecom', 'Phone number'],
  ['username', 'extension', 'Login'],
  ['npi', 'identifier', 'NPI'],
  ['userId', 'identifier', 'User id']
]

/** Issues of an account that has what an earlier entry has. NPI and user id may recur in another tenant. */
export function sameInBundle({ role, account, at }: Sent, env: RuleEnv): Issue[] {
  if (at === undefined) return []
  const first = firstOf(env)
  return KEYS.flatMap(key => {
    const entry = first.get(keyOf(key, role, account, env) ?? '')
    if (entry === undefined || entry === at) return []
    const [, place, what] = key
    const text = `${what} already in use: ${entry.replace(/\.resource$/, '')} has it, too`
    return [error('duplicate', text, `${account.at}.${place}`, 'P4')]
  })
}

const INDEXES = new WeakMap<RuleEnv['writes'], ReadonlyMap<string, string>>()

/** Where each key is first said in the Bundle: made once for all its accounts. */
function firstOf(env: RuleEnv): ReadonlyMap<string, string> {
  const known = INDEXES.get(env.writes)
  if (known) return known
  const first = new Map<string, string>()
  for (const { interaction, type, resource: role, at } of env.writes) {
    if (interaction !== 'create' || type !== 'PractitionerRole' || !role || !isAccount(role) || !at) continue
    const { account } = readAccount(role, env)
    for (const key of account ? KEYS : []) {
      const value = keyOf(key, role, account!, env)
      if (value !== undefined && !first.has(value)) first.set(value, at)
    }
  }
  INDEXES.set(env.writes, first)
  return first
}

function keyOf([part]: (typeof KEYS)[number], role: Resource, account: Account, env: RuleEnv): string | undefined {
  const value = account[part]?.toLowerCase()
  if (value === undefined) return undefined
  return [part, part === 'npi' || part === 'userId' ? (tenantOf(role) ?? env.caller) : '', value].join(' ')
}
