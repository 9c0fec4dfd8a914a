/** A process that sends mail of a database by an SMTP server: `mail-process.ts DATABASE_URL SMTP_URL`. It is killed. */
import { mailDoors } from '../../src/store/postgres/mail-doors.js'
import { openDatabase } from '../../src/store/postgres/open.js'
import { startMail } from '../../src/workers/index.js'

const [databaseUrl = '', smtpUrl = ''] = process.argv.slice(2)
const database = await openDatabase({ databaseUrl, dataDir: '' })
const doors = mailDoors(database)
startMail({
  doors: { ...doors, claim: (most, lease) => doors.claim(most, lease).then(told) },
  key: 'key',
  origin: 'http://localhost:3000',
  smtpUrl,
  from: 'no-reply@x.example',
  folder: '',
  failed: error => process.stderr.write(`${String(error)}\n`)
})
setInterval(() => undefined, 1000)

function told<T>(due: T[]): T[] {
  if (due.length > 0) process.stdout.write(`claimed ${due.length}\n`)
  return due
}
