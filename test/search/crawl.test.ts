/** Paging while rows are added, changed and deleted: what stood throughout is met exactly once. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { testServer, type TestServer } from '../support/server.js'

const SIZE = process.env.SOAK ? 100_000 : 2000
const COUNT = SIZE / 20

let server: TestServer
beforeAll(async () => {
  server = await testServer({ environment: { TOKEN_TTL: '3600' } })
  await server.sql(`insert into organizations (tenant_id, id, name, active)
    select 'demo', 'row-' || n, 'Name ' || n % 97, true from generate_series(1, ${SIZE}) n`)
  await server.sql('analyze organizations')
}, 300_000)
afterAll(() => server?.close())

type Page = Bundle<Resource & { id: string }>

/** Between two pages: a row behind and one before each position, changes that move no name, and deletions. */
let disturbed = 0
async function disturb(): Promise<void> {
  const round = ++disturbed % 48
  const sql = server.sql
  await sql(`insert into organizations (tenant_id, id, name, active)
    select 'demo', x || 'ew-${disturbed}', 'Name ' || n, true from unnest(array['a', 'n', 'zz']) x, generate_series(${round}, ${round}) n`)
  await sql(
    `update organizations set active = false where tenant_id = 'demo' and id like 'row-%' and name = 'Name ' || $1`,
    [round]
  )
  await sql(
    `update organizations set deleted_at = now() where tenant_id = 'demo' and id like 'row-%7' and name = 'Name ' || $1`,
    [96 - round]
  )
}

test.each(['_sort=_id', '_sort=name', '_sort=-name,_id', ''])(
  'by %s',
  async sort => {
    const met: string[] = []
    let next: string | undefined = `Organization?${sort}&name=Name&_count=${COUNT}`
    while (next) {
      const { body, status } = await server.get(next)
      expect(status).toBe(200)
      const { entry = [], link = [] } = body as Page
      met.push(...entry.map(({ resource }) => resource!.id))
      const url: string | undefined = link.find(({ relation }) => relation === 'next')?.url
      next = url?.slice(url.indexOf('Organization?'))
      if (next) await disturb()
    }
    expect(new Set(met).size).toBe(met.length)
    const stood = await server.sql<{ id: string }>(
      `select id from organizations where tenant_id = 'demo' and id like 'row-%' and deleted_at is null`
    )
    const seen = new Set(met)
    expect(stood.filter(({ id }) => !seen.has(id))).toEqual([])
  },
  process.env.SOAK ? 3_600_000 : 60_000
)
