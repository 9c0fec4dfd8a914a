/** Published examples are good resources: none has an error, but those that are wrong themselves. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { errorsOf } from './fixture.js'

const FOLDER = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
const TYPES =
  /^(Practitioner|PractitionerRole|Organization|Location|HealthcareService|Schedule|Slot|Appointment|Endpoint|OrganizationAffiliation|OperationOutcome|Bundle|Parameters|AuditEvent)-/
/** 20 MB of definitions: every fullUrl of a data element that is part of several types stands there several times (bdl-7). */
const WRONG: Record<string, string[]> = {
  'Bundle-dataelements.json': ['bdl-7 Bundle'],
  // the definition names the part "url", the example calls it "uri"
  'Bundle-hla-1.json': ['extension-part Bundle.entry[0].resource.extension[1].extension[1].url']
}
/** The Bundles of all definitions take a minute: `SOAK=1` validates them too. */
const LARGEST = process.env.SOAK ? Infinity : 1_000_000
const files = readdirSync(FOLDER).filter(name => TYPES.test(name) && statSync(new URL(name, FOLDER)).size < LARGEST)

describe('hl7.fhir.r4.examples', () => {
  test('are there', () => expect(files.length).toBeGreaterThan(100))
  test.each(files)('%s', name => {
    const resource: unknown = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8'))
    expect(errorsOf(resource)).toEqual(WRONG[name] ?? [])
  })
})
