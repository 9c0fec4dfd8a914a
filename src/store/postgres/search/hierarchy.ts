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
  const references = values.filter(value => value.form === 'reference')
  const type = place.fixedType ?? references[0]?.type ?? ''
  const own = typeTest(alias, place, type)
  const { read, steps } = stepsFrom(scope, type, modifier)
  if (steps.length === 0 || !own) return valueTest(scope.sql, alias, place, values)
  const start = `select unnest(${scope.sql.value(references.map(value => value.id))}::text[]) collate "C"`
  // OFFSET 0: planned for one id, whatever the statistics say of how many there are, so that each is an index look-up.
  const each = `lateral (${steps.join(' union all ')} offset 0) e(id)`
  const walk = [...read, `h(id) as (${start} union select e.id from h cross join ${each} where e.id is not null)`]
  // As an array: the planner takes it for few, and looks each of them up, where of a set it fears hundreds.
  return and([...own, `${column(alias, place.id)} = any(array(with recursive ${walk.join(', ')} select id from h))`])
}

/**
 * Selects of what lies one level below or above `h.id`. A view works its rows out at each look: it is read once, before
 * the walk.
 */
function stepsFrom(
  { sql, registry }: Scope,
  type: string,
  modifier: 'above' | 'below'
): { read: string[]; steps: string[] } {
  const parent = hierarchyOf(registry, type)
  const [known, next] = modifier === 'below' ? (['up', 'id'] as const) : (['id', 'up'] as const)
  const read: string[] = []
  const steps = rowSources(registry.get(type)).flatMap(source => {
    const root = openRoot(sql, source)
    const places = parent ? referencePlaces(root, parent.name, type).filter(up => up.table === tableOf(source)) : []
    return places.map(place => {
      const edge = { id: root.id, up: column(root.alias, place.id) }
      if (source.kind === 'table') return selectFrom(root, edge[next], [`${edge[known]} = h.id`])
      const edges = sql.alias()
      read.push(`${edges}(id, up) as materialized (${selectFrom(root, `${edge.id}, ${edge.up}`, [])})`)
      return `select ${edges}.${next} from ${edges} where ${edges}.${known} = h.id`
    })
  })
  return { read, steps }
}
