/** What the database gives up for the sake of another transaction is tried again, wherever in it that was. */
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals'
import { refusal } from '../support/outcome.js'
import { contents } from '../support/rows.js'
import { clinic, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => {
  c = await clinic()
  await c.server.sql(`create sequence tries;
    create table fails (code text, times integer);
    create function give_up() returns trigger language plpgsql security definer as $$
      declare f fails;
      begin
        select * into f from fails;
        if nextval('tries') <= f.times then raise exception 'given up' using errcode = f.code; end if;
        return null;
      end $$`)
}, 60_000)
afterAll(() => c?.close())
const fails = async (when: string, code: string, times: number): Promise<void> => {
  await c.server.sql(`alter sequence tries restart`)
  await c.server.sql(`drop trigger if exists gives_up on resource_history`)
  await c.server.sql(`create constraint trigger gives_up after insert on resource_history
    deferrable initially ${when} for each row execute function give_up()`)
  await c.server.sql('delete from fails')
  await c.server.sql('insert into fails values ($1, $2)', [code, times])
}
beforeEach(() => c.server.sql('delete from fails'))

const PLACES = ['immediate', 'deferred'].flatMap(when => ['40001', '40P01'].map(code => [when, code] as const))

test.each(PLACES)('%s, %s: a create, a transaction and a booking go through', async (when, code) => {
  const location = { resourceType: 'Location', name: `Tried again ${when} ${code}` }
  await fails(when, code, 2)
  await c.server.post('Location', location).expect(201)
  await fails(when, code, 2)
  const entry = [1, 2].map(() => ({ resource: location, request: { method: 'POST', url: 'Location' } }))
  await c.server.post('', { resourceType: 'Bundle', type: 'transaction', entry }).expect(200)
  await fails(when, code, 2)
  const [slot] = await c.free('schedule=Schedule/ben-east')
  expect((await c.book([slot!.id])).status).toBe(201)
  await fails(when, code, 0)
  const { body } = await c.server.get(`Location?name:exact=${encodeURIComponent(location.name)}`)
  expect(body.total).toBe(3)
})

test.each([PLACES[0]!, PLACES[3]!])(
  '%s, %s: what never comes through is 409, and nothing of it stays',
  async (when, code) => {
    await fails(when, code, 1000)
    const before = await contents(c.server.sql)
    expect(refusal(await c.server.post('Location', { resourceType: 'Location', name: 'Never' }))).toMatchObject({
      status: 409,
      code: 'conflict'
    })
    expect(await contents(c.server.sql)).toEqual(before)
  }
)
