/** Versions of a Slot that was booked, released and booked again: free ones have none, and yet those before stay. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import { refusal } from '../support/outcome.js'
import { clinic, type Clinic } from './booking-clinic.js'

let c: Clinic
beforeAll(async () => (c = await clinic()), 60_000)
afterAll(() => c?.close())

const versions = async (path: string) =>
  ((await c.server.get(path).expect(200)).body as Bundle).entry!.map(({ fullUrl, request, response, resource }) => [
    `${request!.method} ${response!.status} ${fullUrl!.split('/').pop()} ${response!.etag}`,
    (resource as { status?: string } | undefined)?.status
  ])

test('what is told of a Slot by itself is what is told of it among all', async () => {
  const [slot] = await c.free('schedule=Schedule/ann-east')
  const id = slot!.id!
  expect(refusal(await c.server.get(`Slot/${id}/_history`))).toMatchObject({ status: 404, code: 'not-found' })

  const taken = await c.book([id])
  expect(taken.status).toBe(201)
  const booked = [`PUT 201 ${id} W/"1"`, 'busy']
  expect(await versions(`Slot/${id}/_history`)).toEqual([booked])

  await c.server.delete(`Appointment/${taken.body.id}`).expect(204)
  expect((await c.server.get(`Slot/${id}`).expect(200)).body).toEqual(slot)
  const released = [[`DELETE 204 ${id} W/"2"`, undefined], booked]
  for (const path of [`Slot/${id}/_history`, 'Slot/_history', `Slot/${id}/_history?_since=2026-01-01`])
    expect([path, await versions(path)]).toEqual([path, released])
  expect((await c.server.get(`Slot/${id}/_history?_summary=count`)).body).toMatchObject({ total: 2 })
  expect((await c.server.get(`Slot/${id}/_history?_since=2999-01-01`)).body).toMatchObject({
    type: 'history',
    total: 0
  })
  expect((await c.server.get(`Slot/${id}/_history/1`).expect(200)).body.status).toBe('busy')
  expect(refusal(await c.server.get(`Slot/${id}/_history/2`))).toMatchObject({ status: 410, code: 'deleted' })
  expect(refusal(await c.server.get(`Slot/${id}/_history/3`))).toMatchObject({ status: 404 })

  expect((await c.book([id])).status).toBe(201)
  const again = [[`PUT 201 ${id} W/"3"`, 'busy'], ...released]
  for (const path of [`Slot/${id}/_history`, 'Slot/_history']) expect(await versions(path)).toEqual(again)
})
