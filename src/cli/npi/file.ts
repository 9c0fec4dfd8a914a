/** The file as it is published: a CSV, a ZIP with one among others, or a report of deactivations in a spreadsheet. */
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import yauzl, { type Entry } from 'yauzl'
import { sheetLines } from './sheet.js'

export interface SourceFile {
  /** Of the CSV itself. */
  name: string
  /** Tells this content from any other: name, size and time of the file. */
  identity: string
  /** Bytes of the CSV. */
  bytes: number
  /** Its bytes from a place on. */
  open(from: number): AsyncIterable<Buffer>
}

const PROVIDERS = /(^|\/)npidata_pfile_[^/]*\.csv$/i
const HEADER_ONLY = /fileheader\.csv$/i
const SHEET = /\.xlsx$/i

/** Throws an Error that says what is wrong with the file. */
export async function openSource(path: string): Promise<SourceFile> {
  const { size, mtimeMs } = await stat(path)
  const name = basename(path)
  const identity = `${name}, ${size} bytes, ${Math.round(mtimeMs)}`
  if (SHEET.test(name)) return sheet(name, identity, await buffer(createReadStream(path)))
  if (!/\.zip$/i.test(name))
    return { name, identity, bytes: size, open: from => createReadStream(path, { start: from }) }
  const entries = await entriesOf(path).catch((cause: Error) => {
    throw new Error(`${name} cannot be read: ${cause.message}`, { cause })
  })
  const providers = entries.find(({ fileName }) => PROVIDERS.test(fileName) && !HEADER_ONLY.test(fileName))
  if (providers)
    return {
      name: basename(providers.fileName),
      identity,
      bytes: providers.uncompressedSize,
      open: from => entryFrom(path, providers.fileName, from)
    }
  const report = entries.find(({ fileName }) => SHEET.test(fileName))
  if (report) return sheet(basename(report.fileName), identity, await whole(entryFrom(path, report.fileName, 0)))
  throw new Error(`${name} holds neither npidata_pfile_*.csv nor a report of deactivations (.xlsx)`)
}

async function entriesOf(path: string): Promise<Entry[]> {
  const zip = await yauzl.openPromise(path)
  const entries: Entry[] = []
  for await (const entry of zip.eachEntry()) entries.push(entry)
  return entries
}

/** What was compressed cannot be entered in its midst: the bytes before `from` are passed over. */
async function* entryFrom(path: string, fileName: string, from: number): AsyncGenerator<Buffer> {
  const zip = await yauzl.openPromise(path)
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== fileName) continue
      yield* skipping(await zip.openReadStreamPromise(entry), from)
      return
    }
  } finally {
    zip.close()
  }
}

async function* skipping(stream: Readable, count: number): AsyncGenerator<Buffer> {
  let left = count
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    if (left < chunk.length) yield chunk.subarray(left)
    left = Math.max(0, left - chunk.length)
  }
}

async function whole(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Some megabytes at most: read at once, and from then on a CSV. */
async function sheet(name: string, identity: string, content: Buffer): Promise<SourceFile> {
  const text = Buffer.from((await sheetLines(content)).join('\n'))
  return {
    name,
    identity,
    bytes: text.length,
    open: async function* (from) {
      yield text.subarray(from)
    }
  }
}
