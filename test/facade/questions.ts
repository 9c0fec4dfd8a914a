/** All ways to ask for a resource by its id, from the registry: what a stranger could try to learn whether it is there. */
import { placesOf, type Registry } from '../../src/search/registry.js'
import { operations } from '../../src/operations/index.js'
import { isOf } from '../../src/interactions/context.js'
import { eachReference } from '../../src/fhir/reference.js'
import type { Resource } from '../../src/fhir/types.js'
import { full } from '../conformance/full.js'
import { clinicalUser } from '../support/account.js'
import { CROWD } from '../../seeds/demo/directory.js'

export interface Question {
  method: 'get' | 'post' | 'put' | 'patch' | 'delete'
  path: string
  body?: object
  headers?: Record<string, string>
}

const get = (path: string): Question => ({ method: 'get', path })
const WHEN = 'start=2027-01-11&end=2027-01-15'

/** Reads, versions, searches by id, and by every reference, chain and `_has` that leads to the type or from it. */
export function lookups(registry: Registry, type: string, id: string): Question[] {
  const { search } = registry.get(type)!
  const pointing = [...registry.values()].flatMap(other =>
    other.search
      .filter(param => param.targets?.includes(type) && placesOf(other, param.name).length > 0)
      .map(param => ({ from: other.type, name: param.name }))
  )
  const links = search.filter(param => param.targets && placesOf(registry.get(type)!, param.name).length > 0)
  const own = `${type}?_id=${id}`
  return [
    ...['', '/_history', '/_history/1', '/_history?_count=1'].map(more => get(`${type}/${id}${more}`)),
    ...['', '&_include=*', '&_revinclude=*', '&_include=*&_include:iterate=*', '&_total=accurate'].map(more =>
      get(`${own}${more}`)
    ),
    ...pointing.flatMap(({ from, name }) => [
      get(`${from}?${name}=${type}/${id}&_count=1`),
      get(`${from}?${name}:${type}=${id}&_include=${from}:${name}`),
      get(`${from}?${name}:${type}._id=${id}`)
    ]),
    ...links.flatMap(({ name, targets }) =>
      targets!.filter(target => registry.has(target)).map(target => get(`${target}?_has:${type}:${name}:_id=${id}`))
    )
  ]
}

/** Changes of what stands, by id and by criteria, and the operations on it. */
export function changes(registry: Registry, type: string, id: string): Question[] {
  const test = [{ op: 'test', path: '/resourceType', value: type }]
  const put = full.find(({ resourceType }) => resourceType === type)
  const ofType = [...operations.values()].filter(each => isOf(each, type) && each.on.includes('instance'))
  return [
    ...(registry.get(type)!.interactions.includes('update')
      ? ([
          { method: 'put', path: `${type}/${id}`, body: { ...put, id }, headers: { 'If-Match': 'W/"1"' } },
          { method: 'patch', path: `${type}/${id}`, body: test },
          { method: 'patch', path: `${type}?_id=${id}`, body: test },
          { method: 'delete', path: `${type}/${id}`, headers: { 'If-Match': 'W/"1"' } },
          { method: 'delete', path: `${type}?_id=${id}` }
        ] satisfies Question[])
      : []),
    ...ofType.map(({ name }): Question => ({ method: 'post', path: `${type}/${id}/$${name}` })),
    { method: 'post', path: `${type}/${id}/$validate?mode=delete` }
  ]
}

/** Operations that take an id in another way. */
export function named(type: string, id: string): Question[] {
  const reference = { reference: `${type}/${id}` }
  const appointment = {
    resourceType: 'Appointment',
    status: 'proposed',
    ...(type === 'Slot' ? { slot: [reference] } : { participant: [{ actor: reference, status: 'accepted' }] }),
    ...(type === 'Slot' && { participant: [{ actor: { display: 'M. Rossi' }, status: 'accepted' }] })
  }
  const appointmentOf = (operation: string): Question => ({
    method: 'post',
    path: `Appointment/$${operation}`,
    body: { resourceType: 'Parameters', parameter: [{ name: 'appt-id', valueString: id }] }
  })
  if (type === 'Appointment') return ['book', 'cancel', 'reschedule'].map(appointmentOf)
  if (type === 'Organization') return [get(`Appointment/$find?${WHEN}&organization=${type}/${id}`)]
  return [
    ...['practitioner', 'location', 'schedule', 'healthcare-service'].map(name =>
      get(`Appointment/$find?${WHEN}&${name}=${type}/${id}`)
    ),
    ...['hold', 'book', 'reschedule'].map((operation): Question => ({
      method: 'post',
      path: `Appointment/$${operation}`,
      body: appointment
    }))
  ]
}

/** Writes that refer to it, alone and in transactions, by its id and by criteria. */
export function referring(type: string, id: string): Question[] {
  return full.flatMap(resource => {
    const paths: number[] = []
    let count = 0
    eachReference(resource, resource.resourceType, ({ reference }) => {
      if (reference.startsWith(`${type}/`)) paths.push(count)
      count++
    })
    return paths.flatMap(at =>
      [`${type}/${id}`, `${type}?_id=${id}`].flatMap((reference): Question[] => {
        const { id: _id, ...changed } = pointed(resource, at, reference)
        const request = { method: 'POST', url: changed.resourceType }
        const entry = [{ fullUrl: 'urn:uuid:0190a5e2-0000-7000-8000-000000000001', resource: changed, request }]
        const transaction = { resourceType: 'Bundle', type: 'transaction', entry }
        const alone = [changed.resourceType, `${changed.resourceType}/$validate?mode=create`]
        // Criteria are resolved in transactions only.
        return [
          ...(reference.includes('?') ? [] : alone).map((path): Question => ({ method: 'post', path, body: changed })),
          { method: 'post', path: '', body: transaction }
        ]
      })
    )
  })
}

/** A copy whose reference at that place leads elsewhere. */
function pointed(resource: Resource, at: number, to: string): Resource {
  const copy = structuredClone(resource)
  let count = 0
  eachReference(copy, copy.resourceType, found => {
    if (count++ === at) found.reference = to
  })
  return copy
}

/** Accounts for a tenant, and for a sign-on facility, that are not one's own. */
export function accounts(organization: string): Question[] {
  const body = clinicalUser(CROWD[0]!)
  const away = { ...body, organization: { reference: `Organization/${organization}` } }
  const [person] = body.contained
  const identifier = person.identifier!.map((each, index) =>
    index === 2 ? { ...each, assigner: { reference: `Organization/${organization}` } } : each
  )
  const signed = { ...body, contained: [{ ...person, identifier }] }
  return [away, signed].map(role => ({ method: 'post', path: 'PractitionerRole', body: role }))
}
