/** One fault, put into a published example, is found under its rule at its place. */
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { definitions, errorsOf, type Json } from './fixture.js'
import { mutantsOf } from './mutation/mutants.js'

const FOLDER = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
const TYPES =
  /^(Practitioner|PractitionerRole|Organization|Location|HealthcareService|Schedule|Slot|Appointment|Endpoint|OrganizationAffiliation|OperationOutcome|Bundle|Parameters|AuditEvent)-/
const LARGEST = 30_000

const mutants = readdirSync(FOLDER)
  .filter(name => TYPES.test(name))
  .map(name => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }))
  .filter(({ text }) => text.length < LARGEST)
  .flatMap(({ name, text }) => mutantsOf(JSON.parse(text) as Json, definitions).map(mutant => ({ name, ...mutant })))

test('there are enough of them, of every kind', () => {
  expect(mutants.length).toBeGreaterThan(1500)
  expect(new Set(mutants.map(({ kind }) => kind)).size).toBeGreaterThan(30)
})

test('every one is found, and no more than it', () => {
  const results = mutants.map(({ name, kind, rule, expression, resource }) => ({
    name,
    kind,
    expected: `${rule} ${expression}`,
    told: errorsOf(resource)
  }))
  expect(results.filter(({ expected, told }) => !told.includes(expected))).toEqual([])
  // "two values" in a complex extension breaks the definition of that extension, too
  expect(results.filter(({ told, kind }) => told.length > 1 && kind !== 'two values')).toEqual([])
})
