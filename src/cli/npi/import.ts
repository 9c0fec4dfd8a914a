/** `locum npi import FILE`: the national provider file into the directory. */
import { readConfig } from '../../config.js'
import { importDirectory, type DirectoryImport, type Reached } from '../../store/postgres/directory-import.js'
import type { DirectoryRow } from '../../store/postgres/directory-rows.js'
import { openDirectory } from './directory.js'
import { openSource, type SourceFile } from './file.js'
import { readHeader, type Header } from './header.js'
import { linesOf, type Line, type Place } from './lines.js'
import { progress, type Progress } from './progress.js'
import { BadRecord, readRecord } from './record.js'

export interface ImportOptions {
  full?: boolean
  increment?: boolean
  maxBad: number
  shrink?: boolean
}

/** More records are bad than the caller said: nothing was changed. */
export class TooManyBad extends Error {}

/** A run that is killed repeats so many lines at most. */
const CHUNK = 5000

/** Throws an Error, of one line for the operator, when the file or the database is not as it has to be, and TooManyBad. */
export async function importCommand(path: string, options: ImportOptions): Promise<void> {
  const source = await openSource(path)
  const [header, first] = await headerOf(source)
  const mode = modeOf(source, header, options)
  const database = await openDirectory(readConfig(process.env))
  const shown = progress(source.bytes)
  try {
    await importDirectory(database, source.identity, running =>
      bringIn(running, source, header, first, { ...options, mode }, shown)
    )
  } finally {
    shown.end()
    await database.close()
  }
}

type Mode = 'replace' | 'merge'

/** The header, and the place behind it. A title above it is passed over. */
async function headerOf(source: SourceFile): Promise<[Header, Place]> {
  for await (const lines of linesOf(source.open(0))) {
    for (const line of lines.slice(0, 3)) {
      const header = readHeader(line.text)
      if (header) return [header, line]
    }
    break
  }
  throw new Error(`${source.name} does not begin with a header whose first column is "NPI"`)
}

/** What the options say, else the days that the published name gives: the whole file begins in 2005. */
function modeOf({ name }: SourceFile, header: Header, { full, increment }: ImportOptions): Mode {
  if (header.kind === 'deactivations') return 'merge'
  if (full || increment) return full ? 'replace' : 'merge'
  const [, from, to] = /_(\d{8})-(\d{8})/.exec(name) ?? []
  if (!from || !to)
    throw new Error(`${name} does not tell by its name whether it is the whole file: say --full or --increment`)
  return Number(to) - Number(from) > 10_000 ? 'replace' : 'merge'
}

async function bringIn(
  running: DirectoryImport,
  source: SourceFile,
  header: Header,
  first: Place,
  options: ImportOptions & { mode: Mode },
  shown: Progress
): Promise<void> {
  const started = performance.now()
  const { reached } = running
  if (reached.lines > 0) shown.say(`Goes on behind line ${reached.lines}, which an earlier run reached`)
  let bad = reached.bad
  const complain = (line: number, reason: string): void => {
    shown.say(`line ${line}: left out: ${reason}`)
    if (++bad > options.maxBad)
      throw new TooManyBad(`More than ${options.maxBad} bad records (--max-bad): the directory is as it was`)
  }
  const rows = await load(running, source, header, reached.lines > 0 ? reached : { ...reached, ...placeOf(first) }, {
    complain,
    bad: () => bad,
    shown
  })
  for (const { line, npi, last } of await running.repeated()) complain(line, `NPI ${npi} comes again in line ${last}`)
  if (rows === 0) throw new Error('The file has no record: the directory is as it was')
  const { added, changed, removed } = await running.finish(options.mode, {
    phase: name => shown.at(source.bytes, name),
    shrink: options.shrink ?? false
  })
  shown.end()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  process.stdout.write(
    `${rows} records in ${seconds} s: ${added} added, ${changed} changed, ${removed} removed, ${bad} left out\n`
  )
}

const placeOf = ({ bytes, lines }: Place): Place => ({ bytes, lines })

interface Watch {
  complain: (line: number, reason: string) => void
  bad: () => number
  shown: Progress
}

/** Reads on while the database takes the chunk before. The number of rows, those of an earlier run included. */
async function load(
  running: DirectoryImport,
  source: SourceFile,
  header: Header,
  from: Reached,
  { complain, bad, shown }: Watch
): Promise<number> {
  let count = from.rows
  let rows: DirectoryRow[] = []
  let place: Place = placeOf(from)
  let adding: Promise<void> = Promise.resolve()
  const flush = async (): Promise<void> => {
    await adding
    count += rows.length
    adding = running.add(rows, { ...place, rows: count, bad: bad() })
    adding.catch(() => undefined) // thrown by the next flush
    rows = []
    shown.at(place.bytes, `${count} records`)
  }
  try {
    for await (const lines of linesOf(source.open(from.bytes), from)) {
      for (const line of lines) {
        take(header, line, rows, complain)
        place = placeOf(line)
        if (rows.length >= CHUNK) await flush()
      }
    }
    await flush()
  } finally {
    await adding
  }
  return count
}

function take(header: Header, { text, lines }: Line, rows: DirectoryRow[], complain: Watch['complain']): void {
  if (text === '') return
  try {
    rows.push(readRecord(header, text, lines))
  } catch (error) {
    if (!(error instanceof BadRecord)) throw error
    complain(lines, error.message)
  }
}
