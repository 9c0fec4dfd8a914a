/** One validator for all tests of a file, and resources to break. */
import { projectFolder } from '../../src/project-folder.js'
import { createValidator, loadDefinitions, loadProfiles, type ValidateOptions } from '../../src/validator/index.js'

export type Json = Record<string, unknown>

export const definitions = loadDefinitions()
export const profiles = loadProfiles(projectFolder('profiles'))
export const validator = createValidator({ definitions, conformance: profiles })

/** `rule expression` of each error, in the order told. */
export const errorsOf = (resource: unknown, options?: ValidateOptions): string[] =>
  validator
    .validate(resource, options)
    .filter(({ severity }) => severity === 'error')
    .map(({ rule, expression }) => `${rule} ${expression}`)

/** A deep copy with the properties on top. */
export const with_ = (resource: Json, changes: Json): Json => structuredClone({ ...resource, ...changes })

export const HG = 'https://healthgorilla.com/fhir/StructureDefinition/'
export const HG_EXTENSION = 'https://www.healthgorilla.com/fhir/R4/StructureDefinition/'
export const US_CORE = 'http://hl7.org/fhir/us/core/StructureDefinition/'
export const NPI = 'http://hl7.org/fhir/sid/us-npi'

const coding = (code: string) => ({ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v2-0203', code }] })

/** The practitioner of a clinical user as seed 004 has it. */
export const practitioner: Json = {
  resourceType: 'Practitioner',
  id: 'pr',
  meta: { profile: [`${US_CORE}us-core-practitioner`, `${HG}hg-practitioner`] },
  identifier: [
    { type: coding('NPI'), system: NPI, value: '1234567893' },
    { type: coding('AN'), system: 'urn:x', value: 'A1', assigner: { reference: 'Organization/f-1' } }
  ],
  name: [{ use: 'official', text: 'Ann Lee', family: 'Lee', given: ['Ann'], suffix: ['MD'] }],
  telecom: [{ system: 'email', value: 'ann@example.org' }],
  extension: [
    { url: `${HG_EXTENSION}hg-practitioner-login`, valueString: 'ann' },
    { url: `${HG_EXTENSION}hg-practitioner-password`, valueString: 'open sesame' }
  ]
}

const TAGS = 'https://www.healthgorilla.com'

/** The clinical user of seed 004. */
export const clinicalUser: Json = {
  resourceType: 'PractitionerRole',
  meta: {
    profile: [`${HG}hg-user`],
    tag: [
      { system: TAGS, code: 'VERIFIED' },
      { system: TAGS, code: 'NO_SUBSCRIPTIONS' }
    ]
  },
  active: true,
  practitioner: { reference: '#pr' },
  organization: { reference: 'Organization/t-1' },
  code: [
    {
      coding: [
        { system: `${TAGS}/administrative-role`, code: 'provider', display: 'provider' },
        { system: 'http://hl7.org/fhir/practitioner-role', code: 'doctor', display: 'Doctor' }
      ]
    }
  ],
  contained: [practitioner]
}
