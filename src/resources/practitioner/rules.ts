/** The write rules of Practitioner, in the order in which they decide. */
import { isDeepStrictEqual } from 'node:util'
import type { HumanName, Identifier } from 'fhir/r4.js'
import { directoryFault, type DirectoryRecord } from '../../domain/directory.js'
import { displayName, officialName } from '../../domain/names.js'
import { error } from '../../fhir/errors.js'
import { SYSTEM, type Resource } from '../../fhir/types.js'
import type { WriteRule } from '../../store/write-rule.js'
import { erasePractitioner } from './erase.js'
import { prescriberDetails } from './prescriber-details.js'
import { practitionerStatus } from './status.js'
import { userId } from './user-id.js'

/** The official name of a member is kept in the profile of the membership (2-domain, Names). */
const fullName: WriteRule = {
  key: 'full-name',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  facts: ({ id }) => [{ kind: 'rows', table: 'practitioners', where: { id } }],
  decide: ({ resource }, [found]) => {
    const [row] = (found as { membership_id: string | null }[] | null) ?? []
    const official = officialName(resource!.name as HumanName[] | undefined)
    if (!row?.membership_id || !official) return {}
    const profile = { membership_id: row.membership_id, full_name: displayName(official) }
    return { rows: [{ table: 'membership_profiles', mode: 'update', key: 'membership_id', row: profile }] }
  }
}

/** P9: who has a clinical account stays the person of the directory (P2) when NPI or name change. */
const sameInDirectory: WriteRule = {
  key: 'same-in-directory',
  when: ({ interaction, resource }) => interaction === 'update' && resource !== undefined,
  facts: ({ id, resource }) => [
    { kind: 'account-of', practitioner: id },
    { kind: 'directory', npi: npiOf(resource!) ?? '' }
  ],
  decide: ({ resource, current }, [account, record], env) => {
    if (!(account as { clinical: boolean } | null)?.clinical || !current) return {}
    const [npi, before] = [npiOf(resource!), npiOf(current)]
    const [name, earlier] = [resource!, current].map(each => officialName(each.name as HumanName[] | undefined))
    if (npis(resource!).length > 1)
      return {
        issues: [
          error('business-rule', 'A clinical user has one NPI: leave the others out', 'Practitioner.identifier', 'P9')
        ]
      }
    if (npi === before && isDeepStrictEqual(name, earlier)) return {}
    if (!npi)
      return { issues: [error('business-rule', 'A clinical user keeps an NPI', 'Practitioner.identifier', 'P9')] }
    const fault = directoryFault(npi, name ?? {}, record as DirectoryRecord | null, env.tenant.nameMatch)
    return fault ? { issues: [error(fault.code, fault.reason, `Practitioner.${fault.at}`, 'P9')] } : {}
  }
}

const npis = (resource: Resource): Identifier[] =>
  ((resource.identifier as Identifier[] | undefined) ?? []).filter(({ system }) => system === SYSTEM.npi)
const npiOf = (resource: Resource): string | undefined => npis(resource)[0]?.value

export const practitionerRules: readonly WriteRule[] = [
  practitionerStatus,
  userId,
  sameInDirectory,
  prescriberDetails,
  fullName,
  erasePractitioner
]
