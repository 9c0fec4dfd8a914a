/** Appointments, and who sits in which window: seats, and the constraint by which no two windows of a person overlap. */
import type { Knex } from 'knex'
import { CODE, codes, concept, reference, texts } from './schema/columns.js'
import * as datatype from './schema/datatypes.js'
import { door, SERVER_ROLE, triggerFunction } from './schema/functions.js'
import { resourceTable } from './schema/labels.js'
import { foldedTexts, referenceIdentifiers } from './schema/search-columns.js'
import { tenantTable } from './schema/tables.js'

const CANCELATION = 'https://locum.example/fhir/CodeSystem/cancelation-reason'
const APPOINTMENT = { of: 'appointments', key: 'appointment_id', prefix: 'appointment' }

export async function up(knex: Knex): Promise<void> {
  await appointments(knex)
  await sought(knex)
  await windows(knex)
  await seats(knex)
  await settleWindows(knex)
  await windowView(knex)
  await endHolds(knex)
}

/** There is no way back: it would drop every tenant's appointments. */
export async function down(): Promise<void> {
  throw new Error('Appointments cannot be undone: drop the database instead')
}

/** Patients are references or texts in the rows of participants; nothing of theirs has a column. */
async function appointments(knex: Knex): Promise<void> {
  await resourceTable(knex, 'appointments', 'Appointment', t => {
    codes(t, 'status')
    concept(t, 'cancelation_reason')
    concept(t, 'appointment_type')
    texts(t, 'description', 'comment', 'patient_instruction')
    t.timestamp('start_at', { precision: 3 })
    t.timestamp('end_at', { precision: 3 })
    t.integer('minutes_duration')
    t.timestamp('created')
    // Until when a pending one keeps its seats.
    t.timestamp('held_until', { precision: 3 })
    t.index(['tenant_id', 'status', 'start_at', 'id'])
    t.index(['tenant_id', 'start_at', 'id'])
    t.index(['tenant_id', 'appointment_type_code', 'appointment_type_system'], 'appointments_type_index')
    t.index(['tenant_id', 'updated_at', 'id'])
  })
  await knex.raw(`create index appointments_held on appointments (tenant_id, held_until)
    where status = 'pending' and deleted_at is null and held_until is not null`)
  await datatype.identifiers(knex, APPOINTMENT)
  for (const name of ['categories', 'types', 'specialties', 'reasons']) await datatype.concepts(knex, APPOINTMENT, name)
  for (const name of ['reason_references', 'supporting', 'based_on', 'slots'])
    await datatype.references(knex, APPOINTMENT, name)
  await datatype.references(knex, APPOINTMENT, 'participants', 'actor', t => {
    codes(t, 'status', 'required')
    t.index(['tenant_id', 'status', 'appointment_id'])
  })
}

/** What only search looks at. */
async function sought(knex: Knex): Promise<void> {
  const { key } = APPOINTMENT
  await foldedTexts(knex, { table: 'appointments', key: 'id' }, ['appointment_type_text', 'appointment_type_display'])
  await foldedTexts(knex, { table: 'appointment_identifiers', key }, ['type_text', 'type_display'])
  for (const name of ['categories', 'types', 'specialties', 'reasons'])
    await foldedTexts(knex, { table: `appointment_${name}`, key }, ['display'], 'text')
  for (const name of ['reason_references', 'supporting', 'based_on', 'slots'])
    await referenceIdentifiers(knex, { table: `appointment_${name}`, key }, { target: '' })
  await referenceIdentifiers(knex, { table: 'appointment_participants', key }, { actor: 'actor' })
}

/**
 * A window in which somebody sits is a row of `slots` with `occupies`: whose time it takes (`subject`, a reference), from
 * when to when with its buffers, and for how many, as stamped when the first sat down.
 */
async function windows(knex: Knex): Promise<void> {
  await knex.schema.alterTable('slots', t => {
    reference(t, 'service')
    t.boolean('occupies').notNullable().defaultTo(false)
    codes(t, 'subject')
    t.specificType('blocked', 'tstzrange')
    t.integer('capacity')
    t.timestamp('lapses_at', { precision: 3 })
    t.index(['tenant_id', 'service_id', 'start_at'])
    t.check(
      'not occupies or (subject is not null and blocked is not null and capacity is not null)',
      [],
      'slots_window'
    )
  })
  await knex.raw(`alter table slots add constraint slots_apart
    exclude using gist (tenant_id with =, subject with =, blocked with &&) where (occupies)`)
  await knex.raw('create index slots_lapse on slots (tenant_id, lapses_at) where lapses_at is not null')
}

/** Places in a window, numbered from 1; held until an instant, or for good. They are taken before their holder is written. */
async function seats(knex: Knex): Promise<void> {
  await tenantTable(knex, 'slot_seats', t => {
    t.specificType('slot_id', CODE).notNullable()
    t.integer('n').notNullable()
    t.specificType('appointment_id', CODE).notNullable()
    t.timestamp('held_until', { precision: 3 })
    t.primary(['tenant_id', 'slot_id', 'n'])
    t.unique(['tenant_id', 'appointment_id', 'slot_id'], { indexName: 'slot_seats_appointment_key' })
    t.foreign(['tenant_id', 'slot_id']).references(['tenant_id', 'id']).inTable('slots').onDelete('CASCADE')
    t.foreign(['tenant_id', 'appointment_id'])
      .references(['tenant_id', 'id'])
      .inTable('appointments')
      .onDelete('CASCADE')
      .deferrable('deferred')
    t.check('n > 0')
  })
}

/**
 * What a window shows follows from its seats, whoever changes them. Nobody left: a window of computed id (`s. ...`) is
 * computed again, one that a client stored is free again. Seats left: the computed one shows, not the row. Full: busy, or
 * busy-tentative while one of the seats is only held.
 */
async function settleWindows(knex: Knex): Promise<void> {
  await triggerFunction(
    knex,
    'settle_windows',
    `begin
       if not exists (select from changed) then return null; end if;
       delete from slots w using (select distinct tenant_id, slot_id from changed) c
         where w.tenant_id = c.tenant_id and w.id = c.slot_id and starts_with(w.id, 's.')
           and not exists (select from slot_seats s where s.tenant_id = w.tenant_id and s.slot_id = w.id);
       update slots w set occupies = n.taken > 0, lapses_at = n.lapses,
           subject = case when n.taken > 0 then w.subject end, blocked = case when n.taken > 0 then w.blocked end,
           status = case when n.taken < coalesce(w.capacity, 1) then 'free' when n.lapses is null then 'busy' else 'busy-tentative' end,
           deleted_at = case when not starts_with(w.id, 's.') then w.deleted_at
             when n.taken < w.capacity then coalesce(w.deleted_at, now()) end
         from (select c.tenant_id, c.slot_id, count(s.n) as taken, min(s.held_until) as lapses
             from (select distinct tenant_id, slot_id from changed) c
             left join slot_seats s on s.tenant_id = c.tenant_id and s.slot_id = c.slot_id group by 1, 2) n
         where w.tenant_id = n.tenant_id and w.id = n.slot_id;
       return null;
     end`
  )
  for (const [event, rows] of [
    ['insert', 'new'],
    ['update', 'new'],
    ['delete', 'old']
  ])
    await knex.raw(`create trigger settle_windows_${event} after ${event} on slot_seats
      referencing ${rows} table as changed for each statement execute function app.settle_windows()`)
}

/**
 * Windows of the bound tenant with the seats that are taken now, a hold that ran out being none. Owned by the tables'
 * owner: under row-level security an overlap of ranges does not reach an index.
 */
async function windowView(knex: Knex): Promise<void> {
  await knex.raw(`create view slot_windows as
    select w.tenant_id, w.id, w.schedule_id, w.service_id, w.subject, w.start_at, w.end_at, w.blocked, w.capacity,
      (select count(*)::int from slot_seats s where s.tenant_id = w.tenant_id and s.slot_id = w.id
        and (s.held_until is null or s.held_until > now())) as taken
    from slots w where w.tenant_id = app.tenant_id() and w.occupies`)
  await knex.raw(`grant select on slot_windows to ${SERVER_ROLE}`)
}

/**
 * Holds of the bound tenant that ran out come to their end: for those who look, since nobody's booking waits for it. What
 * another transaction is changing just now is left to that one.
 */
async function endHolds(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.end_holds()',
    'void',
    `begin
       with over as (select tenant_id, id from appointments where tenant_id = app.tenant_id() and status = 'pending'
           and deleted_at is null and held_until <= now() order by id for no key update skip locked),
         ended as (update appointments a set status = 'cancelled', held_until = null,
             cancelation_reason_system = '${CANCELATION}', cancelation_reason_code = 'hold-expired',
             cancelation_reason_display = 'The hold ran out'
           from over where a.tenant_id = over.tenant_id and a.id = over.id returning a.id)
       insert into audit_logs (tenant_id, id, subject, action, entity_type, entity_id)
         select app.tenant_id(), gen_random_uuid()::text, 'system', 'APPOINTMENT_HOLD_ENDED', 'Appointment', id from ended;
       delete from slot_seats s using (select w.id from slots w where w.tenant_id = app.tenant_id()
           and w.lapses_at <= now() order by w.id for update skip locked) over
         where s.tenant_id = app.tenant_id() and s.slot_id = over.id and s.held_until <= now();
     end`
  )
}
