/** Who of the demo has an account. Nobody has a password: accounts of one's own come through PractitionerRole. */
import { SYSTEM } from '../../src/fhir/types.js'
import type { SeedResource } from './insert.js'

interface Member {
  /** Id of the user and of the membership. */
  id: string
  tenant: string
  name: string
  email: string
  membershipRole: 'STAFF' | 'CLINIC_ADMIN'
  provider: boolean
  accessRoles?: string[]
  /** The member as a professional. */
  practitioner: string
  role: string
}

const MEMBERS: Member[] = [
  {
    id: 'garcia',
    tenant: 'demo',
    name: 'Elena García, MD',
    email: 'elena.garcia@demo.example',
    membershipRole: 'CLINIC_ADMIN',
    provider: true,
    practitioner: 'dr-garcia',
    role: 'dr-garcia-main'
  },
  {
    id: 'lee',
    tenant: 'demo',
    name: 'Minh Lee, MD',
    email: 'minh.lee@demo.example',
    membershipRole: 'STAFF',
    provider: true,
    practitioner: 'dr-lee',
    role: 'dr-lee'
  },
  {
    id: 'miller',
    tenant: 'demo',
    name: 'Ruth Miller',
    email: 'ruth.miller@demo.example',
    membershipRole: 'CLINIC_ADMIN',
    provider: false,
    practitioner: 'ruth-miller',
    role: 'ruth-miller-office'
  }
]

export const users = MEMBERS.map(({ id, email }) => ({
  id,
  username: email,
  email,
  email_verified_at: '2026-01-02T09:00:00Z'
}))

export const members = MEMBERS.map(({ id, tenant, membershipRole, provider, accessRoles = [] }) => ({
  tenant_id: tenant,
  id,
  user_id: id,
  membership_role: membershipRole,
  is_provider: provider,
  access_roles: accessRoles,
  status: 'approved',
  accepted_at: '2026-01-02T09:00:00Z'
}))

export const profiles = MEMBERS.map(({ id, tenant, name }) => ({
  tenant_id: tenant,
  membership_id: id,
  full_name: name
}))

const BY_REFERENCE = new Map(
  MEMBERS.flatMap(({ id, practitioner, role }) => [
    [`Practitioner/${practitioner}`, id],
    [`PractitionerRole/${role}`, id]
  ])
)

/** Membership behind `Practitioner/{id}` or `PractitionerRole/{id}`. */
export const membershipOf = (reference: string): string | undefined => BY_REFERENCE.get(reference)

/** A member's Practitioner carries the id of the user, which here is that of the membership. */
export function withUserId(seed: SeedResource): SeedResource {
  const { resource } = seed
  const value = resource.resourceType === 'Practitioner' ? membershipOf(`Practitioner/${resource.id}`) : undefined
  const identifier = [...((resource.identifier as object[] | undefined) ?? []), { system: SYSTEM.userId, value }]
  return value ? { ...seed, resource: { ...resource, identifier } } : seed
}
