/** How values come back: int8 -> number, numeric and date -> string, timestamptz -> ISO instant with milliseconds, UTC. */
import pg from 'pg'
import { readJson } from '../../fhir/digits.js'

const { builtins, getTypeParser } = pg.types
const INT8_ARRAY = 1016
const DATE_ARRAY = 1182
const TIMESTAMPTZ_ARRAY = 1185
const TEXT_ARRAY: number = 1009

/** `2026-01-05 14:00:00.5+00` -> `2026-01-05T14:00:00.500Z`. The session's time zone is UTC and its date style ISO. */
export function instant(text: string): string {
  const plain = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d+))?\+00$/.exec(text)
  return plain ? `${plain[1]}T${plain[2]}.${(plain[3] ?? '').slice(0, 3).padEnd(3, '0')}Z` : text
}

type Parser = (text: string) => unknown
const asText: Parser = text => text
const texts = getTypeParser(TEXT_ARRAY) as (text: string) => (string | null)[]
const each =
  (parse: Parser): Parser =>
  text =>
    texts(text).map(item => (item === null ? null : parse(item)))

const OURS = new Map<number, Parser>([
  [builtins.INT8, Number],
  [INT8_ARRAY, each(Number)],
  [builtins.JSONB, readJson],
  [builtins.DATE, asText],
  [DATE_ARRAY, texts],
  [builtins.TIMESTAMPTZ, instant],
  [TIMESTAMPTZ_ARRAY, each(instant)],
  [builtins.TIMESTAMP, asText]
])

/** The `types` of a pool; what is not named here is read as pg does. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((id: number, format?: 'text' | 'binary') =>
    (format !== 'binary' && OURS.get(id)) || getTypeParser(id, format)) as typeof getTypeParser
}
