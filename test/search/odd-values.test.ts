/** Values as people and programs write them: accents, escapes, blanks, bounds. https://hl7.org/fhir/R4/search.html#ptypes */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle } from 'fhir/r4.js'
import type { Resource } from '../../src/fhir/types.js'
import { refusal } from '../support/outcome.js'
import type { TestServer } from '../support/server.js'
import { oddMatches, oddServer } from './odd-world.js'

let server: TestServer
beforeAll(async () => {
  server = await oddServer()
})
afterAll(() => server?.close())

const LONG = Array(100).fill('Long').join('%20')
const MR = 'identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|'
const EVERYONE = 'bare comma long nfc nfd plain plus'

/** Query and the ids that it finds, or the code of the refusal. */
const TABLE: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  Practitioner: [
    // Accents and case, in either encoding.
    ['family=n%C3%BA%C3%B1ez', 'nfc nfd plain'],
    ['family=nu%CC%81n%CC%83ez', 'nfc nfd plain'],
    ['family=NUNEZ', 'nfc nfd plain'],
    ['family:contains=u%CC%81n%CC%83e', 'nfc nfd plain'],
    ['family:contains=%C3%BA%C3%B1', 'nfc nfd plain'],
    ['family:exact=N%C3%BA%C3%B1ez', 'nfc nfd'],
    ['family:exact=Nu%CC%81n%CC%83ez', 'nfc nfd'],
    ['family:exact=Nunez', 'plain'],
    ['family:exact=nunez', ''],
    ['family:exact=Nunez%20', ''],
    ['name:exact=Jos%C3%A9', 'nfc nfd'],
    ['address-city:exact=Ma%CC%81laga', 'nfc'],
    ['address:contains=%C3%A1lag', 'nfc'],
    ['given=STRASSE', 'plus'],
    ['given:exact=Stra%C3%9Fe', 'plus'],
    // Longer than what is compared.
    [`family=${LONG}`, 'long'],
    [`family=${LONG}%20More`, ''],
    [`family:exact=${LONG}`, 'long'],
    [`family:exact=${LONG}%20More`, ''],
    // Escapes, plus and per cent.
    ['family=Smith%5C,', 'comma'],
    ['family:exact=Smith%5C,%20Jr', 'comma'],
    ['family=Smith,Jr', 'comma'],
    ['family=Smith%5C', ''],
    ['given=A%5C%7CB%5C%24C%5C%5CD', 'comma'],
    ['given:exact=A%7CB%24C%5C%5CD', 'comma'],
    ['family=A%2BB+C', 'plus'],
    ['family=A+B', ''],
    ['family:contains=%25D_E', 'plus'],
    ['family:contains=_', 'plus'],
    ['family=ab%ZZ', 'invalid'],
    ['family=%FF', 'invalid'],
    ['family=%00', 'invalid'],
    // Empty, alone and repeated.
    ['family=', EVERYONE],
    ['family', EVERYONE],
    ['family=%20', EVERYONE],
    ['=red', EVERYONE],
    ['family=,', 'value'],
    ['family=nunez&family=nunez', 'nfc nfd plain'],
    ['name=jose&name=nunez', 'nfc nfd plain'],
    ['name=jose,strasse', 'nfc nfd plain plus'],
    ['name:missing=true', 'bare'],
    ['family:missing=false', 'comma long nfc nfd plain plus'],
    ['family:missing=yes', 'value'],
    ['family:missing=true,false', 'value'],
    ['family:not=Nunez', 'invalid'],
    ['family:Exact=Nunez', 'invalid'],
    ['family:exact:contains=Nunez', 'invalid'],
    ['family:=Nunez', 'invalid'],
    // Tokens.
    ['identifier=urn:ids|a%5C,1', 'nfc'],
    ['identifier=a%5C,1', 'nfc plain'],
    ['identifier=|a%5C,1', 'plain'],
    ['identifier=a,1', ''],
    ['identifier=urn:ids|', 'comma nfc'],
    ['identifier=|', 'value'],
    ['identifier=urn:ids|x%5C|y%5C%24z%5C%5Cw', 'comma'],
    ['identifier=urn:ids|x|y%24z%5C%5Cw', 'comma'],
    [`${MR}x%5C|y%5C%24z%5C%5Cw`, 'comma'],
    [`${MR}two`, ''],
    ['identifier:of-type=MR|two', 'value'],
    ['identifier:not=urn:ids|two', 'bare long nfc nfd plain plus'],
    ['identifier:not=urn:ids|', 'bare long nfd plain plus'],
    ['identifier:missing=true', 'bare long nfd plus'],
    ['active:not=true', 'comma long plain plus'],
    ['active:not=true,false', 'comma long plus'],
    ['active=True', 'value'],
    ['active=1', 'value'],
    ['active:missing=false&active:missing=true', ''],
    ['gender=http://hl7.org/fhir/administrative-gender|', 'nfc nfd'],
    ['gender=|male', ''],
    ['gender=MALE', ''],
    ['gender:not=urn:x|male', EVERYONE],
    ['gender:in=http://x', 'invalid'],
    ['telecom=email|Mixed.Case@example.org', 'plus'],
    ['phone=Mixed.Case@example.org', ''],
    ['_tag=bare&_tag=one', 'nfc'],
    ['_tag:not=one', 'bare comma long nfd plain plus'],
    ['_source=urn:a', ''],
    ['_source:below=urn:a', 'nfc'],
    ['_source:above=urn:a:b:c', 'nfc'],
    ['_id=nfc,nfd,none', 'nfc nfd'],
    ['_id=nfc&_id=nfd', ''],
    ['_id=Practitioner/nfc', ''],
    ['_id:missing=true', ''],
    // Every prefix on a moment.
    ...['gt2000', 'sa2000', 'ne2000', 'ge2000&_lastUpdated=le2100', 'gt2000,lt1990', 'gt2000-01-01T00:00:00+01:00'].map(
      value => [`_lastUpdated=${value}`, EVERYONE] as const
    ),
    ...['lt2000', 'eb2000', 'eq2000', 'ap2000'].map(value => [`_lastUpdated=${value}`, ''] as const),
    ...['gt', 'GT2000', 'gt2000-13', 'gt2000-01-01T00', 'today'].map(
      value => [`_lastUpdated=${value}`, 'value'] as const
    )
  ],
  PractitionerRole: [
    ['specialty=|eye', 'absolute'],
    ['specialty:not=urn:s|eye', 'absolute inside logical networks none shown'],
    ['specialty=eye&specialty=ear', 'literal'],
    ['specialty:text=eye', 'literal logical'],
    ['specialty:missing=true', 'inside networks none shown'],
    // Every prefix on a period: March, from the 15th on, until the 15th.
    ['date=2026-03', 'literal'],
    ['date=2026-03-20', ''],
    ['date=ge2026-03-20', 'absolute literal'],
    ['date=gt2026-03-31', 'absolute'],
    ['date=le2026-03-01', 'logical'],
    ['date=lt2026-03-01', 'logical'],
    ['date=sa2026-02-28', 'absolute literal'],
    ['date=eb2026-04-01', 'literal logical'],
    ['date=ne2026-03', 'absolute logical'],
    ['date=ap2026-03-20', 'absolute literal logical'],
    ['date:missing=true', 'inside networks none shown']
  ],
  Location: [
    ['near=0|0|0', 'zero'],
    ['near=0|0||km', 'zero'],
    ['near=0.001|0|100|m', ''],
    ['near=0.001|0|0.2|[mi_i]', 'zero'],
    ['near=90|-170|1|m', 'north'],
    ['near=-90|55|0', 'south'],
    ['near=10|180|0', 'east west'],
    ['near=10|179.999|1', 'east west'],
    ['near=10|-179.999|1', 'east west'],
    ['near=89.9|180|12', 'north'],
    ['near=0|0|20100', 'east north south west zero'],
    ['near=0|0|1,90|0|1', 'north zero'],
    ['near=0%7C0%7C%2B1', 'zero'],
    ...['0|0|-1', '0|181|1', '90.0001|0|1', '0|0|1|KM', '0|0|1e3', '0', '0|0|1|km|x'].map(
      value => [`near=${value}`, 'value'] as const
    ),
    ['near:missing=true', 'nowhere']
  ]
}

test.each(Object.entries(TABLE).flatMap(([type, rows]) => rows.map(([query, found]) => [`${type}?${query}`, found])))(
  '%s',
  async (query, found) => {
    const answer = await server.get(`${query}&_count=1000`)
    if (answer.status === 200)
      expect(
        oddMatches(answer.body as Bundle<Resource & { id: string }>)
          .sort()
          .join(' ')
      ).toBe(found)
    else expect(refusal(answer)).toMatchObject({ status: 400, code: found })
  }
)
