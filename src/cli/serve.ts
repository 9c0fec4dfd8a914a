/** `locum serve` and `locum migrate`. */
import { Command } from 'commander'
import { readConfig } from '../config.js'
import { serve } from '../serve.js'
import { openDatabase } from '../store/postgres/open.js'
import { told } from './told.js'

export const serveCommand = (): Command =>
  new Command('serve')
    .description('Serves, with the settings of the environment (see the README), until it is told to stop')
    .action(() => told(serve()))

export const migrateCommand = (): Command =>
  new Command('migrate')
    .description('Brings the schema of DATABASE_URL, or of the embedded database in DATA_DIR, up to date')
    .action(() => told(migrate()))

async function migrate(): Promise<void> {
  const { databaseUrl, dataDir } = readConfig(process.env)
  const database = await openDatabase({ dataDir, ...(databaseUrl && { databaseUrl }) })
  try {
    const names = await database.migrate()
    process.stdout.write(names.length > 0 ? `${names.join('\n')}\n` : 'The schema is up to date\n')
  } finally {
    await database.close()
  }
}
