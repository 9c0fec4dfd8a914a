/** Services by what a person calls them: trigrams of name, aliases, type and comment (2-domain, S11). */
import type { ScoredDocument } from '../ports.js'
import type { Found, SearchDoors } from './search/search-store.js'
import { SqlText } from './search/sql-text.js'

/** What a likeness counts for, by where the words stand. */
const WEIGHT = "case w.kind when 'comment' then 0.6 when 'type' then 0.9 else 1 end"
/** Less like than this is not meant. */
const LEAST = 0.3
const MAX_WORDS = 10

/**
 * A service is as good as the best of its words: half by how alike the whole is, half by the better of that and of
 * one being named within the other: a sentence names a service, or a word a part of its name. Candidates come from the trigram indexes, by the whole text and by each of its words.
 */
export async function match(
  doors: SearchDoors,
  text: string,
  words: readonly string[],
  count: number
): Promise<ScoredDocument[]> {
  const sql = new SqlText()
  const sought = `app.fold(${sql.value(text)})`
  const likely = [
    `w.folded % ${sought}`,
    ...[...words]
      .sort((a, b) => b.length - a.length)
      .slice(0, MAX_WORDS)
      .map(word => `w.folded %> ${sql.value(word)}`)
  ]
  const alike = `similarity(w.folded, ${sought})`
  const within = `greatest(${alike}, word_similarity(w.folded, ${sought}), word_similarity(${sought}, w.folded))`
  const rows = await doors.run<Found & { score: number }>(
    sql.statement(`select 'HealthcareService' as type, s.id, s.version, s.updated_at as "updatedAt", false as deleted,
        h.document as text, best.score
      from (select w.service_id, max(${WEIGHT} * (${alike} + ${within}) / 2)::float8 as score from service_words_search w
        where ${likely.join(' or ')} group by w.service_id) best
      join services s on s.tenant_id = app.tenant_id() and s.id = best.service_id and s.deleted_at is null
        and s.active is distinct from false
      left join resource_history h on h.tenant_id = s.tenant_id and h.type = 'HealthcareService' and h.id = s.id
        and h.version = s.version
      where best.score >= ${LEAST}
      order by best.score desc, s.name_folded, s.id limit ${sql.value(count)}`)
  )
  const documents = await doors.complete(rows)
  return documents.map((document, index) => ({ ...document, score: rows[index]!.score }))
}
