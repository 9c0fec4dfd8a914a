/** The compiled definitions that the walk asks for. */
import type { Extensions } from './profile/extensions.js'
import type { Profiles } from './profile/index.js'
import type { Schemas } from './schema.js'
import type { Terminology } from './terminology/index.js'

export interface Engine {
  schemas: Schemas
  terminology: Terminology
  profiles: Profiles
  extensions: Extensions
  resourceTypes: ReadonlySet<string>
}
