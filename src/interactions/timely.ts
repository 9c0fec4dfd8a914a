/** Reads of what time alone changes: a hold that ran out is none, though nobody has touched its rows since (S8). */
import type { ResourceDefinition } from '../search/registry.js'
import type { Context } from './context.js'

/** Looks for such holds beside the read, and reads once more when there were any. */
export async function timely<T>(
  { store, registry }: Context,
  { type, lapses }: Pick<ResourceDefinition, 'type' | 'lapses'>,
  query: string,
  read: () => Promise<T>
): Promise<T> {
  const named = (): boolean =>
    [...registry.values()].some(each => each.lapses && each.type !== type && query.includes(`${each.type}:`))
  if (!lapses && (query === '' || !named())) return read()
  const [ended, first] = await Promise.allSettled([store.endHolds(), read()])
  if (ended.status === 'fulfilled' && ended.value) return read()
  if (first.status === 'rejected') throw first.reason
  return first.value
}
