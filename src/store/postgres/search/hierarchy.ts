/** :above and :below of references that form a hierarchy (partof). */
import { hierarchyOf } from '../../../search/conditions.js'
import type { PlaceOf } from '../../../search/definition.js'
import type { Value } from '../../../search/plan.js'
import { openRoot, referencePlaces, rowSources, selectFrom, tableOf, type Scope } from './root.js'
import { and, column } from './sql-text.js'
import { typeTest, valueTest } from './value-test.js'

/**
 * :below = one of the values or what is part of it, at any depth; :above = one of them or what it is part of.
 * https://hl7.org/fhir/R4/search.html#recursive
 */
export function hierarchyTest(
  scope: Scope,
  alias: string,
  place: PlaceOf<'reference'>,
  values: readonly Value[],
  modifier: 'above' | 'below'
): string {
  const { sql, registry } = scope
  const references = values.filter(value => value.form === 'reference')
  const type = place.fixedType ?? references[0]?.type ?? ''
  const parent = hierarchyOf(registry, type)
  const edges = rowSources(registry.get(type)).flatMap(source => {
    const each = openRoot(sql, source)
    const places = parent ? referencePlaces(each, parent.name, type).filter(up => up.table === tableOf(source)) : []
    return places.map(up => selectFrom(each, `${each.id} as id, ${column(each.alias, up.id)} as up`, []))
  })
  const start = `select unnest(${sql.value(references.map(value => value.id))}::text[]) collate "C"`
  const own = typeTest(alias, place, type)
  if (edges.length === 0 || !own) return valueTest(sql, alias, place, values)
  const [known, next] = modifier === 'below' ? ['up', 'id'] : ['id', 'up']
  const step = `select e.${next} from h join (${edges.join(' union all ')}) e on e.${known} = h.id and e.${next} is not null`
  return and([
    ...own,
    `${column(alias, place.id)} in (with recursive h(id) as (${start} union ${step}) select id from h)`
  ])
}
