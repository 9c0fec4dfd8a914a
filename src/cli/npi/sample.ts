/** `locum npi sample N`: a file of the published form about nobody. */
import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { publishedColumns } from './columns.js'
import { madeUpRecords, type MadeUpRecord } from './made-up.js'

export interface SampleOptions {
  seed: number
  layout: number
}

export async function sampleCommand(count: number, file: string, { seed, layout }: SampleOptions): Promise<void> {
  if (layout !== 1 && layout !== 2) throw new Error('--layout is 1 or 2')
  const text = Readable.from(sampleText(count, seed, layout), { objectMode: false })
  if (file === '-') await pipeline(text, process.stdout, { end: false })
  else await pipeline(text, createWriteStream(file))
}

/** The file in pieces: the header, then a line a record. Every value is in quotes, as published. */
export function* sampleText(count: number, seed: number, layout: 1 | 2): Generator<string> {
  const columns = publishedColumns(layout)
  yield lineOf(columns)
  const position = new Map(columns.map((name, index) => [name, index]))
  const empty = columns.map(() => '')
  const lines: string[] = []
  for (const record of madeUpRecords(count, seed)) {
    lines.push(lineOf(valuesOf(record, position, empty)))
    if (lines.length === 200) yield lines.splice(0).join('')
  }
  yield lines.join('')
}

function valuesOf(record: MadeUpRecord, position: ReadonlyMap<string, number>, empty: readonly string[]): string[] {
  const values = [...empty]
  for (const [name, value] of Object.entries(record)) {
    const at = position.get(name) ?? position.get(name.replace('Sex', 'Gender'))
    if (at === undefined) throw new Error(`The file has no column "${name}"`)
    values[at] = value
  }
  return values
}

const lineOf = (values: readonly string[]): string => `"${values.join('","')}"\n`
