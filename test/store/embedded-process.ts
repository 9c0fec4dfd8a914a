/** A process of its own for the tests of the embedded database: says what it did, line by line, until it is killed. */
import { lockFolder } from '../../src/store/postgres/lock.js'
import { openDatabase } from '../../src/store/postgres/open.js'

const [mode, folder = ''] = process.argv.slice(2)
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const forever = (): Promise<never> => new Promise(() => setInterval(() => undefined, 1000))

/** Rows 1, 2, 3 ...: each is said when its commit was acknowledged. */
async function write(): Promise<void> {
  const database = await openDatabase({ dataDir: folder })
  for (let n = 1; ; n++) {
    const text = `insert into outbox (tenant_id, id, kind, payload) values ('a', $1, 'k', jsonb_build_object('n', $2::int))`
    await database.execute({ tenant: 'a', subject: 's' }, [{ text, values: [`${process.pid}-${n}`, n] }])
    say(`${process.pid}-${n}`)
  }
}

/** Is killed while the first rows of a new database are written. */
async function hang(): Promise<void> {
  const seed = async (): Promise<void> => {
    say('seeding')
    await forever()
  }
  await openDatabase({ dataDir: folder, seed })
}

async function lock(): Promise<void> {
  await lockFolder(folder)
  say('held')
  await forever()
}

const modes: Record<string, () => Promise<void>> = { write, hang, lock }
await modes[mode ?? '']?.().catch((error: unknown) => {
  say(`refused: ${(error as Error).message}`)
})
