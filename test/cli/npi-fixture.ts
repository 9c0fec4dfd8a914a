/** Files of the published form, small, and the command that takes them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync } from 'node:zlib'
import { publishedColumns } from '../../src/cli/npi/columns.js'
import { npiCommand } from '../../src/cli/npi/command.js'
import { sampleText } from '../../src/cli/npi/sample.js'

export const FULL = 'npidata_pfile_20050523-20250105.csv'
export const WEEKLY = 'npidata_pfile_20250106-20250112.csv'

/** A sample as lines; the first is the header. */
export const sample = (count: number, { seed = 1, layout = 2 }: { seed?: number; layout?: 1 | 2 } = {}): string[] =>
  [...sampleText(count, seed, layout)].join('').trimEnd().split('\n')

/** A line with other values in the columns named. */
export function changed(line: string, values: Record<string, string>): string {
  const columns = publishedColumns(2)
  const fields = line.slice(1, -1).split('","')
  for (const [name, value] of Object.entries(values)) {
    if (!columns.includes(name)) throw new Error(`There is no column ${name}`)
    fields[columns.indexOf(name)] = value
  }
  return `"${fields.join('","')}"`
}
export const valueOf = (line: string, column: string): string =>
  line.slice(1, -1).split('","')[publishedColumns(2).indexOf(column)]!

/** The first line of a record that `test` holds for. */
export function lineWith(lines: readonly string[], column: string, value: string): string {
  const found = lines.find(line => valueOf(line, column) === value)
  if (!found) throw new Error(`No line has ${column} ${value}`)
  return found
}

/** A folder for files, removed at the end. */
export function files(): {
  write: (name: string, content: string | Buffer | readonly string[]) => string
  remove: () => void
} {
  const folder = mkdtempSync(join(tmpdir(), 'locum-npi-'))
  const write = (name: string, content: string | Buffer | readonly string[]): string => {
    const path = join(folder, name)
    writeFileSync(path, typeof content === 'string' || Buffer.isBuffer(content) ? content : `${content.join('\n')}\n`)
    return path
  }
  return { write, remove: () => rmSync(folder, { recursive: true }) }
}

/** What a command said and how it ended. */
export interface Ran {
  code: number
  said: string
}

/** `locum npi ...` in this process, on the database of the URL. */
export async function npi(databaseUrl: string, ...parameters: string[]): Promise<Ran> {
  const environment = { ...process.env }
  const streams = [process.stdout, process.stderr].map(stream => ({ stream, write: stream.write.bind(stream) }))
  let said = ''
  const hear = (text: string | Uint8Array): boolean => ((said += String(text)), true)
  for (const { stream } of streams) Object.assign(stream, { write: hear })
  process.env.DATABASE_URL = databaseUrl
  try {
    await npiCommand().parseAsync(parameters, { from: 'user' })
    return { code: Number(process.exitCode ?? 0), said }
  } finally {
    for (const { stream, write } of streams) Object.assign(stream, { write })
    process.env = environment
    process.exitCode = 0
  }
}

/** A ZIP file. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3 */
export function zip(entries: Readonly<Record<string, string | Buffer>>): Buffer {
  const parts: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(entries)) {
    const content = Buffer.from(text)
    const packed = deflateRawSync(content)
    const shared = Buffer.alloc(26)
    shared.writeUInt16LE(20, 0)
    shared.writeUInt16LE(8, 4)
    shared.writeUInt32LE(crc32(content), 10)
    shared.writeUInt32LE(packed.length, 14)
    shared.writeUInt32LE(content.length, 18)
    shared.writeUInt16LE(name.length, 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), shared, Buffer.from(name), packed])
    const end = Buffer.alloc(14)
    end.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), shared, end, Buffer.from(name)]))
    parts.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const close = Buffer.alloc(22)
  close.write('PK\x05\x06', 'latin1')
  close.writeUInt16LE(directory.length, 8)
  close.writeUInt16LE(directory.length, 10)
  close.writeUInt32LE(central.length, 12)
  close.writeUInt32LE(offset, 16)
  return Buffer.concat([...parts, central, close])
}

/** A spreadsheet of texts, as the report of deactivations is. */
export function spreadsheet(rows: readonly (readonly string[])[]): Buffer {
  const texts = rows.flat()
  let next = 0
  const cells = (row: readonly string[]): string =>
    row.map((_, column) => `<c r="${'AB'[column]}1" t="s"><v>${next++}</v></c>`).join('')
  const sheet = rows.map((row, index) => `<row r="${index + 1}">${cells(row)}</row>`).join('')
  const strings = texts.map(text => `<si><t xml:space="preserve">${text}</t></si>`).join('')
  return zip({
    '[Content_Types].xml': '<Types/>',
    'xl/sharedStrings.xml': `<sst>${strings}</sst>`,
    'xl/worksheets/sheet1.xml': `<worksheet><sheetData>${sheet}</sheetData></worksheet>`
  })
}
