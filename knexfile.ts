/**
 * For knex's own commands on a server, as the owner of the tables:
 * `DATABASE_URL=... NODE_OPTIONS='--import tsx' npx knex migrate:latest`. The server migrates by `locum migrate`, which
 * also knows the embedded database; the names of the migrations are the same.
 */
import { knexConfig } from './src/store/postgres/migrate.js'

const url = process.env.DATABASE_URL
if (!url) throw new Error('Set DATABASE_URL; for the embedded database use "locum migrate"')

export default knexConfig(url)
