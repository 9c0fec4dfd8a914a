/** Records of the national provider file, in their variety, as valid resources. */
import { describe, expect, test } from '@jest/globals'
import type { Organization, Practitioner } from 'fhir/r4.js'
import { readHeader } from '../../src/cli/npi/header.js'
import { readRecord } from '../../src/cli/npi/record.js'
import { directoryFault, type DirectoryRecord } from '../../src/domain/directory.js'
import type { Row } from '../../src/mapping/spec.js'
import { directoryOrganizations } from '../../src/resources/organization/directory.js'
import { directoryPractitioners } from '../../src/resources/practitioner/directory.js'
import type { DirectoryRow } from '../../src/store/postgres/directory-rows.js'
import { changed, lineWith, sample, valueOf } from '../cli/npi-fixture.js'
import { errorsOf } from '../validator/fixture.js'

const [HEADER, ...LINES] = sample(500)
const header = readHeader(HEADER!)!

/** As the row comes from the database. */
function rowOf(line: string): Row {
  const row: DirectoryRow = readRecord(header, line, 2)
  const [taxonomies, otherNames] = [row.taxonomies, row.other_names].map(text => JSON.parse(text ?? '[]') as object[])
  return { ...row, active: row.active === 'true', taxonomies, other_names: otherNames }
}
const practitioner = (line: string) => directoryPractitioners.toResource(rowOf(line)) as unknown as Practitioner
const organization = (line: string) => directoryOrganizations.toResource(rowOf(line)) as unknown as Organization
const PERSON = lineWith(LINES, 'Entity Type Code', '1')

test('every record is a valid us-core-practitioner or us-core-organization', () => {
  const invalid = LINES.flatMap(line => {
    const type = valueOf(line, 'Entity Type Code')
    if (type === '') return []
    const resource = type === '1' ? practitioner(line) : organization(line)
    expect(resource.meta?.profile).toContainEqual(
      `http://hl7.org/fhir/us/core/StructureDefinition/us-core-${type === '1' ? 'practitioner' : 'organization'}`
    )
    return errorsOf(resource).map(error => `${resource.id}: ${error}`)
  })
  expect(invalid).toEqual([])
})

test('a person: names, also former ones, credential, licences, fax', () => {
  const line = changed(PERSON, {
    'Provider First Name': 'ANA',
    'Provider Middle Name': 'B',
    'Provider Last Name (Legal Name)': 'ROE',
    'Provider Name Prefix Text': 'DR.',
    'Provider Name Suffix Text': 'JR.',
    'Provider Credential Text': 'M.D.',
    'Provider Other Last Name': 'DOE',
    'Provider Other First Name': 'ANA',
    'Provider Other Last Name Type Code': '1',
    'Healthcare Provider Taxonomy Code_1': '207Q00000X',
    'Healthcare Provider Primary Taxonomy Switch_1': 'N',
    'Provider License Number_1': '',
    'Healthcare Provider Taxonomy Code_2': '207R00000X',
    'Healthcare Provider Primary Taxonomy Switch_2': 'Y',
    'Provider License Number_2': 'A1',
    'Provider License Number State Code_2': 'NY',
    'Provider Sex Code': 'X',
    'Provider Business Practice Location Address Fax Number': '5185550100'
  })
  const nucc = 'http://nucc.org/provider-taxonomy'
  const shown = practitioner(line)
  expect(shown).toMatchObject({
    active: true,
    gender: 'other',
    name: [
      { use: 'official', text: 'DR. ANA B ROE, JR., M.D.', given: ['ANA', 'B'], suffix: ['JR.', 'M.D.'] },
      { use: 'old', text: expect.stringMatching(/DOE/), family: 'DOE' }
    ],
    telecom: expect.arrayContaining([{ system: 'fax', value: '5185550100', use: 'work' }])
  })
  expect(shown.qualification?.slice(0, 2)).toEqual([
    {
      identifier: [{ value: 'A1', assigner: { display: 'NY' } }],
      code: { coding: [{ system: nucc, code: '207R00000X' }] }
    },
    { code: { coding: [{ system: nucc, code: '207Q00000X' }] } }
  ])
})

test('an organization: what it is, and its other name', () => {
  const line = changed(lineWith(LINES, 'Entity Type Code', '2'), {
    'Provider Organization Name (Legal Business Name)': 'A & <B>',
    'Provider Other Organization Name': 'AB',
    'Healthcare Provider Taxonomy Code_1': '282N00000X'
  })
  expect(organization(line)).toMatchObject({
    name: 'A & <B>',
    alias: ['AB'],
    type: [{ coding: [{ code: '282N00000X' }] }]
  })
})

describe('deactivated', () => {
  const ENDED = { 'NPI Deactivation Date': '01/31/2020', 'Provider Last Name (Legal Name)': '' }

  test('a record without a name is shown, inactive, and claims no profile that asks for one', () => {
    const shown = practitioner(changed(PERSON, ENDED))
    expect(shown).toMatchObject({ active: false, identifier: [{ value: valueOf(PERSON, 'NPI') }] })
    expect([shown.meta?.profile, shown.name]).toEqual([undefined, undefined])
    expect(errorsOf(shown)).toEqual([])
  })

  test.each([
    [{ 'Entity Type Code': '' }, 'was deactivated in the national provider directory'],
    [
      { 'Replacement NPI': '1234567893' },
      'was deactivated in the national provider directory: 1234567893 stands for it'
    ]
  ])('P2 refuses it: %j', (values, reason) => {
    const record = rowOf(changed(PERSON, { ...ENDED, ...values })) as unknown as DirectoryRecord
    expect(directoryFault('1', {}, record, 'off')).toMatchObject({ reason: expect.stringContaining(reason) })
  })

  test('P2, exact: the name as the directory shows it is right', () => {
    const line = changed(PERSON, { 'Provider Name Suffix Text': 'JR.', 'Provider Credential Text': 'PA' })
    const [name] = practitioner(line).name!
    expect(directoryFault('1', name!, rowOf(line) as unknown as DirectoryRecord, 'exact')).toBeUndefined()
  })
})
