/** Creating an account: user, membership, profile, practitioner and role in one transaction, or nothing (P1 to P10). */
import { directoryFault, type DirectoryRecord } from '../../domain/directory.js'
import { error, type Issue } from '../../fhir/errors.js'
import { SYSTEM } from '../../fhir/types.js'
import type { FactRequest, PractitionerFact, Taken } from '../../store/ports.js'
import type { Decision, RuleEnv, RuleWrite, WriteRule } from '../../store/write-rule.js'
import { readAccount, type Account } from './account.js'
import { rowsOfAccount } from './account-rows.js'
import { codings, isAccount, isProvider, roleCodeRequests } from './codes.js'
import { facilityIssues, facilityRequests } from './facilities.js'
import { prepareAccount } from './prepare-account.js'

export const createAccount: WriteRule = {
  key: 'account',
  when: ({ interaction, resource }) => interaction === 'create' && isAccount(resource),
  prepare: ({ resource }) => prepareAccount(resource!),
  target: ({ resource }) =>
    /^Organization\/t-(.+)$/.exec((resource!.organization as { reference?: string } | undefined)?.reference ?? '')?.[1],
  facts: requests,
  decide
}

/** Facts in this order: directory, taken, practitioner-with, role codes, facilities. */
function requests({ resource }: RuleWrite, env: RuleEnv): FactRequest[] {
  const { account } = readAccount(resource!, env.tenant.country)
  const { npi, username, email, phone } = account ?? {}
  return [
    { kind: 'directory', npi: npi ?? '' },
    { kind: 'taken', ...(username && { username }), ...(email && { email }), ...(phone && { phone }) },
    { kind: 'practitioner-with', system: SYSTEM.npi, value: npi ?? '' },
    ...roleCodeRequests(resource!),
    ...facilityRequests(resource!)
  ]
}

async function decide({ resource, id }: RuleWrite, facts: unknown[], env: RuleEnv): Promise<Decision> {
  const role = resource!
  if (!env.has('create_users'))
    return { issues: [error('forbidden', 'Creating users needs the scope create_users', undefined, 'P8')] }
  const { account, issues } = readAccount(role, env.tenant.country)
  if (!account || issues.length > 0) return { issues }
  const [directory, taken, owner, ...more] = facts as [
    DirectoryRecord | null,
    Taken,
    PractitionerFact | null,
    ...unknown[]
  ]
  const codes = (more.slice(0, codings(role).length) as { provider: boolean }[][]).flat()
  issues.push(...facilityIssues(role, more.slice(codings(role).length)))
  if (account.clinical) issues.push(...directoryIssues(account, directory, env))
  issues.push(...takenIssues(account, taken))
  if (account.npi && owner?.membership_id)
    issues.push(
      error(
        'duplicate',
        `A member of this tenant has this NPI already: change PractitionerRole of Practitioner/${owner.id} instead`,
        `${account.at}.identifier`,
        'P2'
      )
    )
  if (issues.length > 0) return { issues }
  const provider = isProvider(
    role,
    codes.some(code => code.provider)
  )
  return rowsOfAccount({ id, role, account, provider, ...(account.npi && owner && { adopted: owner }) }, env)
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
