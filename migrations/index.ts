/** The migrations in order. A list, not a folder: the names are the same from .ts here and from .js in dist. */
import type { Knex } from 'knex'
import * as floor from './0001-floor.js'
import * as tenants from './0002-tenants.js'
import * as directory from './0003-directory.js'
import * as services from './0004-services.js'
import * as history from './0005-history.js'
import * as planNet from './0006-plan-net.js'
import * as accounts from './0007-accounts.js'
import * as access from './0008-access.js'
import * as npiImport from './0009-npi-import.js'
import * as assignment from './0010-assignment.js'
import * as booking from './0011-booking.js'
import * as memberKeys from './0012-member-keys.js'
import * as provedAddress from './0013-proved-address.js'
import * as invitationAgain from './0014-invitation-again.js'
import * as tenantChanges from './0015-tenant-changes.js'
import * as restReferences from './0016-rest-references.js'
import * as loginChanges from './0017-login-changes.js'
import * as erasedTexts from './0018-erased-texts.js'
import * as loginAddresses from './0019-login-addresses.js'
import * as clientEpoch from './0020-client-epoch.js'
import * as quietBumps from './0021-quiet-bumps.js'
import * as erasedTextsOnly from './0022-erased-texts-only.js'
import * as nearestSignOn from './0023-nearest-sign-on.js'
import * as invitationTakenBack from './0024-invitation-taken-back.js'
import * as foreignReferences from './0025-foreign-references.js'
import * as quickWrites from './0026-quick-writes.js'
import * as statistics from './0027-statistics.js'
import * as texts from './0028-texts.js'
import * as namesInTurn from './0029-names-in-turn.js'

const MIGRATIONS: Record<string, Knex.Migration> = {
  '0001-floor': floor,
  '0002-tenants': tenants,
  '0003-directory': directory,
  '0004-services': services,
  '0005-history': history,
  '0006-plan-net': planNet,
  '0007-accounts': accounts,
  '0008-access': access,
  '0009-npi-import': npiImport,
  '0010-assignment': assignment,
  '0011-booking': booking,
  '0012-member-keys': memberKeys,
  '0013-proved-address': provedAddress,
  '0014-invitation-again': invitationAgain,
  '0015-tenant-changes': tenantChanges,
  '0016-rest-references': restReferences,
  '0017-login-changes': loginChanges,
  '0018-erased-texts': erasedTexts,
  '0019-login-addresses': loginAddresses,
  '0020-client-epoch': clientEpoch,
  '0021-quiet-bumps': quietBumps,
  '0022-erased-texts-only': erasedTextsOnly,
  '0023-nearest-sign-on': nearestSignOn,
  '0024-invitation-taken-back': invitationTakenBack,
  '0025-foreign-references': foreignReferences,
  '0026-quick-writes': quickWrites,
  '0027-statistics': statistics,
  '0028-texts': texts,
  '0029-names-in-turn': namesInTurn
}

export const migrationSource: Knex.MigrationSource<string> = {
  getMigrations: async () => Object.keys(MIGRATIONS),
  getMigrationName: name => name,
  getMigration: async name => MIGRATIONS[name] as Knex.Migration
}
