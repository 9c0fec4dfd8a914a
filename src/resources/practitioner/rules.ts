/** The write rules of Practitioner. */
import type { HumanName } from 'fhir/r4.js'
import type { WriteRule } from '../../store/write-rule.js'
import { displayName, officialName } from './full-name.js'

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

export const practitionerRules: readonly WriteRule[] = [fullName]
