/** Tenants and facilities of the demo. */

const tenant = (id: string, name: string, country: string, timeZone: string, parent: string | null = null) => ({
  id,
  parent_id: parent,
  slug: id,
  name,
  type: 'practice_group',
  is_active: true,
  time_zone: timeZone,
  country,
  config: {}
})

/** The parent stands before the child. */
export const tenants = [
  tenant('demo', 'Demo Clinic Group', 'US', 'America/New_York'),
  tenant('demo-north', 'Demo Clinic Group North', 'US', 'America/Chicago', 'demo'),
  tenant('demo-au', 'Demo Medical Centre', 'AU', 'Australia/Sydney'),
  tenant('demo-es', 'Clínica Demo', 'ES', 'Europe/Madrid')
]

/** A laboratory serves all tenants; the sign-on of `demo` serves `demo` and those below it. */
export const facilities = [
  { id: 'lab', kind: 'lab', tenant: null, name: 'Demo Reference Laboratory' },
  { id: 'sso', kind: 'sso', tenant: 'demo', name: 'Demo Single Sign-On' }
]
