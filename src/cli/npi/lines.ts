/** Lines of a stream, each with its number and with the place behind it, from which a later run can go on. */

export interface Place {
  /** Bytes from the beginning. */
  bytes: number
  /** Lines that end there. */
  lines: number
}
export interface Line extends Place {
  text: string
}

const START: Place = { bytes: 0, lines: 0 }
/** The longest lines of the published file have some thousand bytes. */
const LONGEST = 1_000_000
const NEWLINE = 10
const RETURN = 13

/** Lines of a stream that begins at `from`, as many at a time as came together; the last need not have an end. */
export async function* linesOf(input: AsyncIterable<Buffer>, from = START): AsyncGenerator<Line[]> {
  let { bytes, lines } = from
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of input) {
    const buffer = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    const found: Line[] = []
    let start = 0
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      bytes += end + 1 - start
      found.push({ text: textOf(buffer, start, end), bytes, lines: ++lines })
      start = end + 1
    }
    rest = buffer.subarray(start)
    if (rest.length > LONGEST)
      throw new Error(`Line ${lines + 1} is longer than ${LONGEST} bytes: this is not the national provider file`)
    if (found.length > 0) yield found
  }
  if (rest.length > 0) yield [{ text: textOf(rest, 0, rest.length), bytes: bytes + rest.length, lines: lines + 1 }]
}

function textOf(buffer: Buffer, start: number, end: number): string {
  const last = end > start && buffer[end - 1] === RETURN ? end - 1 : end
  const text = buffer.toString('utf8', start, last)
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
}
