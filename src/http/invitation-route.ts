/**
 * `/invitation/{token}`: the page behind the one-time link of an invitation (P5). Looking at it changes nothing, since
 * mail scanners look, too; whoever has the token may use it, so that no other proof against forged requests is needed.
 */
import { createHash } from 'node:crypto'
import type { RequestHandler, Response } from 'express'
import { Router } from 'express'
import { escapeXml } from '../fhir/escape.js'
import { FhirError, fhirError } from '../fhir/errors.js'
import {
  inviteAgain,
  isLate,
  openInvitation,
  PASSWORD_FORM,
  redeemInvitation,
  type InvitationParts,
  type OpenInvitation
} from '../tenancy/index.js'
import { textReader } from './body.js'
import { FORM } from './media-type.js'

const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:28rem;margin:4rem auto;padding:0 1rem}
label,input,button{display:block;width:100%;box-sizing:border-box;margin:.4rem 0;font:inherit}
input,button{padding:.6rem}.wrong{color:#a00}`
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')
const POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`
const MAX_FORM = 16 * 1024

export function invitationRoute(parts: InvitationParts): RequestHandler {
  const read = textReader(MAX_FORM)
  const router = Router({ caseSensitive: true })
  const show = async (response: Response, token: string, wrong?: string): Promise<void> => {
    const found = await openInvitation(parts, token)
    if (!found) send(response, 410, (await isLate(parts, token)) ? LATE : GONE)
    else send(response, wrong ? 422 : 200, form(found, wrong))
  }
  router.get('/:token', (request, response) => show(response, request.params.token))
  router.post('/:token', async (request, response) => {
    const sent = new URLSearchParams(await read(request, response, [FORM]).catch(unreadable))
    if (sent.has('again')) {
      const done = await inviteAgain(parts, request.params.token)
      send(response, done ? 202 : 410, done ? SENT : GONE)
      return
    }
    const result = await redeemInvitation(parts, request.params.token, sent.get('password') ?? '')
    if (result === 'weak') await show(response, request.params.token, `${PASSWORD_FORM}.`)
    else if (result === 'gone') await show(response, request.params.token)
    else send(response, 200, DONE)
  })
  router.use(request => {
    const headers = { Allow: 'GET, HEAD, POST' }
    throw fhirError('not-supported', `${request.method} is not supported here`, { status: 405, headers })
  })
  return router
}

/** A page is for people: what is wrong with the form is told as a page as well. */
function unreadable(error: unknown): string {
  if (error instanceof FhirError) return ''
  throw error
}

function send(response: Response, status: number, body: string): void {
  response
    .set({ 'Content-Security-Policy': POLICY, 'Cache-Control': 'no-store' })
    .status(status)
    .type('html')
    .send(body)
}

const document = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>` +
  `<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head><body><h1>${title}</h1>${body}</body></html>`

function form({ tenantName, hasPassword }: OpenInvitation, wrong?: string): string {
  const hint = hasPassword ? 'Leave the field empty to keep your password.' : 'Choose one of 8 characters or more.'
  return document(
    'Verify your address',
    `<p>For your account at ${escapeXml(tenantName)}. ${hint}</p>${wrong ? `<p class="wrong" role="alert">${wrong}</p>` : ''}` +
      `<form method="post"><label for="password">Password</label><input id="password" name="password" type="password" ` +
      `autocomplete="new-password" maxlength="1000"${hasPassword ? '' : ' required minlength="8"'}><button>Verify</button></form>`
  )
}

const GONE = document(
  'This link has ended',
  '<p>It was used already, or your account has another address by now, or none.</p>'
)
const LATE = document(
  'This link is too old',
  '<form method="post"><input type="hidden" name="again" value="1"><button>Send me another one</button></form>'
)
const SENT = document('Another link is on its way', '<p>It goes to the address of your account.</p>')
const DONE = document('Thank you', '<p>Your address is verified, and you can log in now.</p>')
