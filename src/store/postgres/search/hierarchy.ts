/** :above and :below of references that form a hierarchy (partof). */
import { hierarchyOf } from '../../../search/conditions.js'
import type { PlaceOf } from '../../../search/definition.js'
import type { Value } from '../../../search/plan.js'
import { openRoot, referencePlaces, rowSources, tableOf, type Scope } from './root.js'
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
  const steps = rowSources(registry.get(type)).flatMap(source => {
    const each = openRoot(sql, source)
    const places = parent ? referencePlaces(each, parent.name, type).filter(up => up.table === tableOf(source)) : []
    return places.map(up => ({ each, up: column(each.alias, up.id) }))
  })
  const start = `select unnest(${sql.value(references.map(value => value.id))}::text[]) collate "C"`
  const own = typeTest(alias, place, type)
  if (steps.length !== 1 || !own) return valueTest(sql, alias, place, values)
  const { each, up } = steps[0]!
  const [known, next] = modifier === 'below' ? [up, each.id] : [each.id, up]
  const step = `select ${next} from h join ${each.from} on ${and([...each.scope, `${known} = h.id`, `${next} is not null`])}`
  return and([
    ...own,
    `${column(alias, place.id)} in (with recursive h(id) as (${start} union ${step}) select id from h)`
  ])
}
