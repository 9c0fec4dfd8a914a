/**
 * Failed logins count for a name and the address that they come from: whoever guesses locks themselves out, not the user.
 * Beyond ten times as many from wherever, the name itself is locked as well.
 * https://cheatsheetseries.owasp.org/cheatsheets/Authentication_Cheat_Sheet.html#protect-against-automated-attacks
 */
import type { Knex } from 'knex'
import { door } from './schema/functions.js'

export async function up(knex: Knex): Promise<void> {
  await knex.raw('drop function app.begin_login(text, int, interval)')
  await knex.raw('drop function app.end_login(text)')
  await knex.raw('drop function app.login_key(text)')
  await knex.raw(`create function app.login_key(login text, address text) returns text immutable language sql
    as $$ select encode(sha256(convert_to(concat_ws(' ', lower(login collate "C"), address), 'UTF8')), 'hex') $$`)
  // One more attempt; the seconds to wait when there were more than \`most\` of them.
  await knex.raw(`create function app.count_login(a_key text, most int, lockout interval) returns double precision
    language sql set search_path = pg_catalog, public, pg_temp as $$
      insert into login_attempts as a (key, failures, until) values (a_key, 1, clock_timestamp() + lockout)
      on conflict on constraint login_attempts_pkey do update set
        failures = case when a.until <= clock_timestamp() then 1 else a.failures + 1 end,
        until = case when a.until <= clock_timestamp() or a.failures < most then excluded.until else a.until end
      returning case when a.failures > most
        then greatest(extract(epoch from a.until - clock_timestamp())::double precision, 1) else 0 end $$`)
  await knex.raw('revoke all on function app.count_login(text, int, interval) from public')
  await begin(knex)
  // What the user failed is forgotten; what others tried under the name is not.
  await door(
    knex,
    'app.end_login(login text, address text)',
    'void',
    `with own as (delete from login_attempts a where a.key = app.login_key(login, address) returning a.failures)
     update login_attempts a set failures = greatest(a.failures - own.failures, 0) from own
     where a.key = app.login_key(login, null)`
  )
}

/** There is no way back: what was counted by address says nothing of names. */
export async function down(): Promise<void> {
  throw new Error('What was counted by address says nothing of names: drop the database instead')
}

async function begin(knex: Knex): Promise<void> {
  await door(
    knex,
    'app.begin_login(login text, address text, most int, lockout interval)',
    'table(id text, password_hash text, disabled boolean, unverified boolean, wait double precision)',
    `declare pause double precision;
    begin
      delete from login_attempts a where a.key in (select o.key from login_attempts o
        where o.until <= clock_timestamp() order by o.until limit 10 for update skip locked);
      pause := app.count_login(app.login_key(login, address), most, lockout);
      if pause = 0 then pause := app.count_login(app.login_key(login, null), 10 * most, lockout); end if;
      if pause > 0 then
        return query select null::text, null::text, false, false, pause;
      else
        return query select u.id, u.password_hash, u.disabled_at is not null,
            u.email is not null and coalesce(u.email_verified_at, u.first_verified_at) is null, 0::double precision
          from (select 1) one left join users u on lower(u.username) = lower(login collate "C")
          order by u.disabled_at desc limit 1; -- a name that ended may be another's now: nulls come first
      end if;
    end`
  )
}
