/** The embedded database: PGlite in this process, on a folder that is locked to it, or in memory. */
import { open, rm } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'
import { btree_gist } from '@electric-sql/pglite/contrib/btree_gist'
import { fuzzystrmatch } from '@electric-sql/pglite/contrib/fuzzystrmatch'
import { pg_trgm } from '@electric-sql/pglite/contrib/pg_trgm'
import { createPgConfig } from '@electric-sql/pglite/node-postgres'
import type pg from 'pg'
import { lockFolder } from './lock.js'

export const MEMORY = 'memory:'

export interface Embedded {
  /** New settings for each pool, of one connection; behind them all is PGlite's one session. */
  base: () => pg.PoolConfig
  close: () => Promise<void>
}

/**
 * Opens the database in `dataDir`. In a new folder `prepare` runs first (schema, first rows); a folder in which it did
 * not come to its end, whatever the reason, is cleared and prepared anew. Throws when another process has the folder.
 */
export async function openEmbedded(
  dataDir: string,
  prepare: (base: pg.PoolConfig) => Promise<void>
): Promise<Embedded> {
  if (dataDir === MEMORY) {
    const database = await start(undefined)
    await prepare(database.base())
    return database
  }
  const release = await lockFolder(dataDir)
  try {
    const { base, close } = await openFolder(dataDir, prepare)
    return { base, close: () => close().finally(release) }
  } catch (error) {
    await release()
    throw error
  }
}

/** `preparing` stands beside the database for as long as it is not whole. No database is ever removed without it. */
async function openFolder(dataDir: string, prepare: (base: pg.PoolConfig) => Promise<void>): Promise<Embedded> {
  const [folder, marker] = [join(dataDir, 'postgres'), join(dataDir, 'preparing')]
  if (existsSync(folder) && !existsSync(marker)) return start(folder)
  await onDisk(marker, dataDir)
  await rm(folder, { recursive: true, force: true })
  const database = await start(folder)
  try {
    await prepare(database.base())
  } catch (error) {
    await database.close()
    throw error
  }
  await rm(marker)
  return database
}

async function start(folder: string | undefined): Promise<Embedded> {
  const extensions = { btree_gist, fuzzystrmatch, pg_trgm }
  const pglite = await PGlite.create({ dataDir: folder ?? 'memory://', extensions, relaxedDurability: false })
  return { base: () => ({ ...createPgConfig(pglite), max: 1 }), close: () => pglite.close() }
}

/** Creates an empty file, and waits until its name is on the disk. */
async function onDisk(file: string, folder: string): Promise<void> {
  for (const [path, flags] of [
    [file, 'w'],
    [folder, 'r']
  ] as const) {
    const handle = await open(path, flags)
    await handle.sync().catch(() => undefined) // a folder cannot be synchronised on Windows
    await handle.close()
  }
}
