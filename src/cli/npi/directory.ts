/** The database of the settings, its schema up to date: as `npm start` opens it. */
import { seedDemo } from '../../../seeds/demo/index.js'
import type { Config } from '../../config.js'
import { openDatabase } from '../../store/postgres/open.js'
import type { Database } from '../../store/postgres/statement.js'

/** Throws when the embedded database is in use by a running server: it holds one process. */
export async function openDirectory({ databaseUrl, dataDir, production }: Config): Promise<Database> {
  const database = await openDatabase({
    dataDir,
    ...(databaseUrl && { databaseUrl }),
    ...(!databaseUrl && !production && { seed: seedDemo })
  })
  await database.migrate()
  return database
}
