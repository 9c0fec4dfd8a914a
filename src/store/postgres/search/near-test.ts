/** Positions within a distance: a box that an index can walk, then the distance itself. */
import type { PlaceOf } from '../../../search/definition.js'
import { boxAround } from '../../../search/near.js'
import type { NearValue } from '../../../search/plan.js'
import { column, or, type SqlText } from './sql-text.js'

export function nearTest(
  sql: SqlText,
  alias: string,
  place: PlaceOf<'position'>,
  values: readonly NearValue[]
): string {
  const [latitude, longitude] = [column(alias, place.latitude), column(alias, place.longitude)]
  const number = (value: number): string => `${sql.value(value)}::double precision`
  const between = (expression: string, [low, high]: readonly [number, number]): string =>
    `${expression} between ${number(low)} and ${number(high)}`
  return or(
    values.map(value => {
      const box = boxAround(value)
      const within = or(box.longitude.map(span => between(longitude, span)))
      const point = `${number(value.latitude)}, ${number(value.longitude)}`
      return `(${between(latitude, box.latitude)} and ${within}
        and app.distance(${latitude}, ${longitude}, ${point}) <= ${number(value.meters)})`
    })
  )
}
