/** The embedded database: one process at a time, and no acknowledged commit is lost, however the process ends. */
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { lockFolder } from '../../src/store/postgres/lock.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import { processes, type Child } from '../support/process.js'

let folder: string
const { start, endAll } = processes(new URL('embedded-process.ts', import.meta.url))
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'locum-embedded-'))))
afterEach(async () => {
  await endAll()
  await rm(folder, { recursive: true, force: true })
})
const rows = { text: 'select id from outbox', values: [] }
const a = { tenant: 'a', subject: 's' }

test('commits that were acknowledged survive kill -9, again and again', async () => {
  const acknowledged: string[] = []
  for (const count of [1, 40, 7]) {
    const child = start('write', folder)
    await child.lines(count)
    await child.kill()
    acknowledged.push(...child.said)
  }
  const database = await openDatabase({ dataDir: folder })
  const found = await database.query<{ id: string }>(a, rows)
  await database.close()
  expect(acknowledged.length).toBeGreaterThanOrEqual(48)
  expect(found.map(row => row.id)).toEqual(expect.arrayContaining(acknowledged))
}, 180_000)

test('a first start that was killed is begun anew', async () => {
  const child = start('hang', folder)
  await child.lines(1)
  expect(child.said).toEqual(['seeding'])
  await child.kill()
  let seeded = 0
  const seed = async (): Promise<void> => void seeded++
  for (let opened = 0; opened < 2; opened++) {
    const database = await openDatabase({ dataDir: folder, seed })
    expect(await database.query(a, rows)).toEqual([])
    await database.close()
  }
  expect(seeded).toBe(1)
  expect(existsSync(join(folder, 'preparing'))).toBe(false)
}, 180_000)

test('a first start whose seed fails says so, lets go of the folder, and is begun anew', async () => {
  const seed = async (): Promise<void> => {
    throw new Error('bad seed')
  }
  await expect(openDatabase({ dataDir: folder, seed })).rejects.toThrow('bad seed')
  const database = await openDatabase({ dataDir: folder })
  expect(await database.query(a, rows)).toEqual([])
  await database.close()
}, 180_000)

describe('the lock of a folder', () => {
  const refusal = (child: Child): RegExp =>
    new RegExp(
      `^The data folder ${folder} is in use by process ${child.pid} on .*: stop it, or set DATA_DIR to another folder$`
    )

  test('a second process is refused by a line that names the first', async () => {
    const first = start('lock', folder)
    await first.lines(1)
    await expect(openDatabase({ dataDir: folder })).rejects.toThrow(refusal(first))
    await expect(lockFolder(folder)).rejects.toThrow(refusal(first))
  })

  test('the same process is refused too', async () => {
    const release = await lockFolder(folder)
    await expect(lockFolder(folder)).rejects.toThrow(`in use by process ${process.pid}`)
    await release()
  })

  test('of a process that is dead is taken over at once', async () => {
    const first = start('lock', folder)
    await first.lines(1)
    await first.kill()
    const release = await lockFolder(folder)
    await release()
  })

  test('is let go of, taken again, and leaves one file', async () => {
    for (let n = 0; n < 3; n++) await (await lockFolder(folder))()
    expect(await readdir(folder)).toEqual(['lock.3'])
  })

  test('of many who ask at once exactly one has it, after a dead one too', async () => {
    for (let round = 0; round < 5; round++) {
      const taken = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)))
      const held = taken.flatMap(answer => (answer.status === 'fulfilled' ? [answer.value] : []))
      expect(held).toHaveLength(1)
      await held[0]?.()
    }
    const dead = start('lock', folder)
    await dead.lines(1)
    await dead.kill()
    const children = Array.from({ length: 4 }, () => start('lock', folder))
    await Promise.all(children.map(child => child.lines(1)))
    const said = children.flatMap(child => child.said)
    expect(said.filter(line => line === 'held')).toHaveLength(1)
    expect(said.filter(line => line.startsWith('refused: The data folder'))).toHaveLength(3)
  })

  test('works where the path is too long for a socket', async () => {
    const deep = join(folder, 'x'.repeat(120))
    const release = await lockFolder(deep)
    await expect(lockFolder(deep)).rejects.toThrow(`in use by process ${process.pid}`)
    await release()
    await (
      await lockFolder(deep)
    )()
  })
})
