/** The report of deactivated numbers, published as a spreadsheet: its first sheet as lines of CSV. ECMA-376, part 1, 18.3 */
import { buffer } from 'node:stream/consumers'
import yauzl from 'yauzl'

/** Throws an Error when it is no spreadsheet. */
export async function sheetLines(content: Buffer): Promise<string[]> {
  const parts = await partsOf(content)
  const sheet = parts.get('xl/worksheets/sheet1.xml')
  if (sheet === undefined) throw new Error('The spreadsheet has no first sheet')
  const shared = [...(parts.get('xl/sharedStrings.xml') ?? '').matchAll(/<si>(.*?)<\/si>/gs)].map(([, item]) =>
    textOf(item!)
  )
  return [...sheet.matchAll(/<row\b[^>]*>(.*?)<\/row>/gs)].map(([, row]) => lineOf(row!, shared))
}

async function partsOf(content: Buffer): Promise<Map<string, string>> {
  const parts = new Map<string, string>()
  const zip = await yauzl.fromBufferPromise(content)
  for await (const entry of zip.eachEntry())
    if (/^xl\/(worksheets\/sheet1|sharedStrings)\.xml$/.test(entry.fileName))
      parts.set(entry.fileName, (await buffer(await zip.openReadStreamPromise(entry))).toString('utf8'))
  return parts
}

function lineOf(row: string, shared: readonly string[]): string {
  const cells = [...row.matchAll(/<c\b([^>]*?)(?:\/>|>(.*?)<\/c>)/gs)].map(([, attributes, inner = '']) => {
    const value = /<v>(.*?)<\/v>/s.exec(inner)?.[1]
    if (/\bt="s"/.test(attributes!)) return shared[Number(value)] ?? ''
    return value === undefined ? textOf(inner) : dayOf(unescaped(value))
  })
  return cells.map(cell => `"${cell.replaceAll('"', "'")}"`).join(',')
}

const textOf = (xml: string): string =>
  unescaped([...xml.matchAll(/<t\b[^>]*>(.*?)<\/t>/gs)].map(([, t]) => t).join(''))

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => ENTITIES[name]!)

const DAY = 86_400_000
/** Dates may be numbers of days, of which five digits go from 1927 to 2173: numbers of providers have ten. */
const dayOf = (value: string): string =>
  /^\d{5}$/.test(value) ? new Date(Date.UTC(1899, 11, 30) + Number(value) * DAY).toISOString().slice(0, 10) : value
