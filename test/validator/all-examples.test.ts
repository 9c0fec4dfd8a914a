/**
 * Examples of all types in hl7.fhir.r4.examples: no error but those that docs/validator.md proves to be their own. Every
 * fifteenth, and those with a fault; all of them with `SOAK=1`.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { validator } from './fixture.js'

const FOLDER = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
const LARGEST = 400_000
const searchParameter = (name: string): [string, string] => [`SearchParameter-${name}.json`, 'cardinality base']
const ofStructure = (name: string): [string, string] => [
  `StructureDefinition-${name}.json`,
  'sdf-4 StructureDefinition'
]

/** Rules that are broken, with the element where that says more. */
const WRONG: Record<string, string> = {
  'ActivityDefinition-blood-tubes-supply.json': 'txt-2 `div`',
  'ActivityDefinition-heart-valve-replacement.json': 'txt-2 `div`',
  'Basic-referral.json': 'extension-unknown url',
  'Bundle-hla-1.json': 'extension-part url',
  'DeviceMetric-example.json': 'reference-target reference',
  'DeviceUseStatement-example.json': 'reference-target reference',
  'EventDefinition-example.json': 'txt-2 `div`',
  'Library-zika-virus-intervention-logic.json': 'value valueSet',
  'MedicationRequest-medrx0301.json': 'reference-target reference',
  'Observation-clinical-gender.json': 'reference-target reference',
  'Questionnaire-qs1.json': 'cardinality linkId',
  'Questionnaire-zika-virus-exposure-assessment.json': 'txt-2 `div`',
  'SearchParameter-questionnaireresponse-extensions-QuestionnaireResponse-item-subject.json': 'value id',
  ...Object.fromEntries(
    ['author', 'effective', 'end', 'keyword', 'workflow'].flatMap(name => [
      searchParameter(`codesystem-extensions-CodeSystem-${name}`),
      searchParameter(`valueset-extensions-ValueSet-${name}`)
    ])
  ),
  ...Object.fromEntries(['Definition', 'Event', 'FiveWs', 'Request'].map(ofStructure))
}

const files = readdirSync(FOLDER)
  .filter(name => name.endsWith('.json') && !name.startsWith('.') && name !== 'package.json')
  .filter(name => statSync(new URL(name, FOLDER)).size < LARGEST)
  .filter((name, i) => process.env.SOAK || i % 15 === 0 || name in WRONG)

test('have no errors but their own', () => {
  const found: Record<string, string> = {}
  for (const name of files) {
    const issues = validator.validate(JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')))
    const errors = issues.filter(({ severity }) => severity === 'error')
    const told = new Set(errors.map(({ rule, expression }) => `${rule} ${expression.replace(/^.*\./, '')}`))
    if (told.size > 0) found[name] = [...told].join(', ')
  }
  expect(files.length).toBeGreaterThan(300)
  expect(found).toEqual(WRONG)
})
