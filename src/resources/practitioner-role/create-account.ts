/** Creating an account: user, membership, profile, practitioner and role in one transaction, or nothing (P1 to P10). */
import { directoryFault, type DirectoryRecord } from '../../domain/directory.js'
import { error, type Issue } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { FactRequest, PractitionerFact, Taken, UserStanding } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { readAccount, type Account } from './account.js'
import { rowsOfAccount } from './account-rows.js'
import { cannotManage, codings, isAccount, isProvider, roleCodeRequests, tenantOf } from './codes.js'
import { facilityIssues, facilityRequests } from './facilities.js'
import { prepareAccount } from './prepare-account.js'
import { sameInBundle } from './same-in-bundle.js'

export const createAccount: WriteRule = {
  key: 'account',
  when: ({ interaction, resource }) => interaction === 'create' && isAccount(resource),
  prepare: ({ resource }) => prepareAccount(resource!),
  target: ({ resource }) => tenantOf(resource!),
  facts: requests,
  decide
}

/** Facts in this order: taken or user-standing, of a clinical user directory and practitioner-with, role codes, facilities. */
function requests({ resource }: RuleWrite, env: RuleEnv): FactRequest[] {
  const { account } = accountIn(resource!, env)
  if (!account) return []
  const { npi, username, email, phone, userId } = account
  return [
    userId
      ? { kind: 'user-standing', user: userId, caller: env.caller }
      : { kind: 'taken', ...(username && { username }), ...(email && { email }), ...(phone && { phone }) },
    ...(npi ? holdersOf(npi) : []),
    ...roleCodeRequests(resource!),
    ...facilityRequests(resource!)
  ]
}

const holdersOf = (npi: string): FactRequest[] => [
  { kind: 'directory', npi },
  { kind: 'practitioner-with', system: SYSTEM.npi, value: npi }
]

async function decide({ resource, id, at }: RuleWrite, facts: unknown[], env: RuleEnv): Promise<Decision> {
  const role = resource!
  if (!env.has('create_users')) return { issues: [cannotManage('creating users')] }
  const { account, issues } = accountIn(role, env)
  if (!account || issues.length > 0) return { issues }
  const user = facts.shift() as Taken | UserStanding
  const [directory = null, owner = null] = (account.npi ? facts.splice(0, 2) : []) as Holders
  const codes = (facts.splice(0, codings(role).length) as { provider: boolean }[][]).flat()
  const found = [
    ...facilityIssues(role, facts),
    ...(account.clinical ? directoryIssues(account, directory, env) : []),
    ...('live' in user ? standingIssues(account, user) : takenIssues(account, user)),
    ...ownerIssues(account, owner),
    ...sameInBundle({ role, account, at }, env)
  ]
  if (found.length > 0) return { issues: found }
  const says = codes.some(code => code.provider)
  const adopted = owner && { adopted: owner }
  const welcome = 'live' in user && user.administered
  return rowsOfAccount({ id, role, account, provider: isProvider(role, says), welcome, ...adopted }, env)
}

type Holders = [DirectoryRecord | null, PractitionerFact | null] | []

/** What was read is known to `decide`, who has the same role and environment. */
const accounts = new WeakMap<Resource, { env: RuleEnv; read: ReturnType<typeof readAccount> }>()

function accountIn(role: Resource, env: RuleEnv): ReturnType<typeof readAccount> {
  const known = accounts.get(role)
  if (known?.env === env) return known.read
  const read = readAccount(role, env)
  accounts.set(role, { env, read })
  return read
}

/** P11: the user is there, and no member yet. */
function standingIssues({ at }: Account, { live, member }: UserStanding): Issue[] {
  if (!live) return [error('not-found', 'There is no user with this id: ask them for it', `${at}.identifier`, 'P11')]
  const text = 'This user is a member of this tenant already: change their PractitionerRole instead'
  return member ? [error('duplicate', text, `${at}.identifier`, 'P11')] : []
}

/** P2: the NPI of a member is not given to another one. */
function ownerIssues({ at, npi }: Account, owner: PractitionerFact | null): Issue[] {
  if (!npi || !owner?.membership_id) return []
  const text = `A member of this tenant has this NPI already: change PractitionerRole of Practitioner/${owner.id} instead`
  return [error('duplicate', text, `${at}.identifier`, 'P2')]
}

function directoryIssues({ at, name, npi }: Account, record: DirectoryRecord | null, env: RuleEnv): Issue[] {
  const fault = directoryFault(npi!, name ?? {}, record, env.tenant.nameMatch)
  return fault ? [error(fault.code, fault.reason, `${at}.${fault.at}`, 'P2')] : []
}

function takenIssues({ at, email }: Account, taken: Taken): Issue[] {
  return [
    ...(taken.email && email ? [error('duplicate', 'Email already in use', `${at}.telecom`, 'P4')] : []),
    ...(taken.phone ? [error('duplicate', 'Phone number already in use', `${at}.telecom`, 'P4')] : []),
    ...(taken.username ? [error('duplicate', 'Login already in use', `${at}.extension`, 'P4')] : [])
  ]
}
