/** P2: a clinical user is in the national provider directory, as a person, active, and by the same name. */
import { matchName, type NameMode, type PersonName } from './names.js'

/** A record of the national provider file. */
export interface DirectoryRecord {
  /** 1 = person, 2 = organization; null = the file does not say: it was deactivated. */
  entity_type: number | string | null
  active: boolean
  family: string | null
  given: string | null
  middle: string | null
  suffix: string | null
  credential?: string | null
  /** The number that stands for this one now. */
  replacement_npi?: string | null
}

export interface DirectoryFault {
  /** What is to be changed. */
  at: 'identifier' | 'name'
  code: 'not-found' | 'business-rule'
  reason: string
}

/** Undefined when all is well; `record` is the directory's with that NPI, if it has one. */
export function directoryFault(
  npi: string,
  name: PersonName,
  record: DirectoryRecord | null,
  mode: NameMode
): DirectoryFault | undefined {
  if (!record || Number(record.entity_type ?? 1) !== 1) {
    const reason = `NPI ${npi} is no person's in the national provider directory: check the number`
    return { at: 'identifier', code: 'not-found', reason }
  }
  if (!record.active) {
    const now = record.replacement_npi ? `: ${record.replacement_npi} stands for it now` : ''
    const reason = `NPI ${npi} was deactivated in the national provider directory${now}`
    return { at: 'identifier', code: 'business-rule', reason }
  }
  const verdict = matchName(name, nameOf(record), mode)
  return verdict.ok ? undefined : { at: 'name', code: 'business-rule', reason: verdict.reason }
}

/** As the directory's Practitioner shows it, so that who repeats that is right. */
const nameOf = ({ family, given, middle, suffix, credential }: DirectoryRecord): PersonName => ({
  family: family ?? '',
  given: [given, middle].filter((part): part is string => !!part),
  suffix: [suffix, credential].filter((part): part is string => !!part)
})
