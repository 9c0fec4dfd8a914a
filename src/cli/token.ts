/** `locum token`: an access token for a client, from a running server. https://www.rfc-editor.org/rfc/rfc6749#section-4.4 */
import { Command } from 'commander'
import { told } from './told.js'

interface TokenOptions {
  url: string
  secret?: string
  scope?: string
}

export const tokenCommand = (): Command =>
  new Command('token')
    .description(
      'Asks a running server for an access token, and prints it: TOKEN=$(locum token demo --secret demo-secret)'
    )
    .argument('<client>')
    .option('--url <url>', 'where the server is', 'http://localhost:3000')
    .option('--secret <text>', 'secret of the client; else that of the variable LOCUM_SECRET')
    .option('--scope <scopes>', 'less than all that is registered')
    .action((id: string, options: TokenOptions) => told(token(id, options)))

async function token(id: string, { url, secret = process.env.LOCUM_SECRET, scope }: TokenOptions): Promise<void> {
  if (!secret) throw new Error('Give --secret, or set LOCUM_SECRET')
  const basic = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) })
  const answer = await fetch(new URL('/oauth/token', url), {
    method: 'POST',
    headers: { Authorization: `Basic ${basic}` },
    body
  }).catch(() => {
    throw new Error(`No server answers at ${url}`)
  })
  const told = (await answer.json().catch(() => ({}))) as { access_token?: string; error_description?: string }
  if (!told.access_token) throw new Error(told.error_description ?? `The server answers with ${answer.status}`)
  process.stdout.write(`${told.access_token}\n`)
}
