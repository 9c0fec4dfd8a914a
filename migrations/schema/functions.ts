/** Macros for functions of schema `app`: what runs inside the database, each written once. */
import type { Knex } from 'knex'

/** The role that every connection of the server takes: owns nothing, is subject to row-level security. */
export const SERVER_ROLE = 'locum_server'

/**
 * A SECURITY DEFINER function: the only way of the server to rows that its role cannot reach. It runs as the owner of
 * the tables, sees every tenant, and may be called by the server's role alone.
 * `signature` is `app.name(argument type, ...)`; `returns` what follows it; `body` is SQL, or PL/pgSQL from `declare` or
 * `begin` on. Arguments are referred to by `name.argument` where a column has the same name.
 */
export async function door(knex: Knex, signature: string, returns: string, body: string): Promise<void> {
  const language = /^\s*(declare|begin)\b/i.test(body) ? 'plpgsql' : 'sql'
  await knex.raw(
    `create function ${signature} returns ${returns} language ${language} security definer
     set search_path = pg_catalog, public, pg_temp as $door$ ${body} $door$`.replaceAll('?', '\\?')
  )
  const identity = signature.replace(/\s+default\s+[^,)]+/gi, '')
  await knex.raw(`revoke all on function ${identity} from public`)
  await knex.raw(`grant execute on function ${identity} to ${SERVER_ROLE}`)
}

/** A trigger function that runs as the owner of the tables, so that it reaches roots of every tenant. */
export async function triggerFunction(knex: Knex, name: string, body: string): Promise<void> {
  await knex.raw(
    `create function app.${name}() returns trigger language plpgsql security definer
     set search_path = pg_catalog, public, pg_temp as $trigger$ ${body} $trigger$`.replaceAll('?', '\\?')
  )
  await knex.raw(`revoke all on function app.${name}() from public`)
}
