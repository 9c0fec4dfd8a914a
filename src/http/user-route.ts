/** PATCH /tenant/users/{user-id}: administrators change the login of a user of theirs (P21); plain JSON. */
import { Router } from 'express'
import { fhirError } from '../fhir/errors.js'
import { changeLogin, type SentLogin } from '../tenancy/index.js'
import { jsonBody, type Fields } from './json-body.js'
import { only } from './only.js'
import { tenantCaller, type TenantCallerParts } from './tenant-caller.js'

export interface UserRouteParts extends TenantCallerParts {
  hash: (password: string) => Promise<string>
}

const CHANGES: Fields = {
  username: 'string',
  email: 'nullable string',
  phone: 'nullable string',
  password: 'string'
}

/** Nothing is shown of the login: the answer is 204. */
export function userRoute(parts: UserRouteParts): Router {
  const router = Router()
  const read = jsonBody(CHANGES)
  router
    .route('/:user')
    .patch(async (request, response) => {
      const { principal, tenant, permit, store } = await tenantCaller(parts, request, response)
      if (!permit.has('create_users'))
        throw fhirError(
          'forbidden',
          'Cannot manage this clinic: changing the login of a user needs a CLINIC_ADMIN or the scope create_users'
        )
      const sent = (await read(request, response)) as SentLogin
      const { country } = tenant
      const [caller, user] = [principal.subject, request.params.user]
      await changeLogin({ store, country, hash: parts.hash, caller, user }, sent)
      response.status(204).end()
    })
    .all(only('PATCH'))
  return router
}
