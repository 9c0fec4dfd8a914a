/** The shared vocabulary: a FHIR resource as JSON. The exact shapes are checked by the validator, not by the compiler. */
import type { Meta } from 'fhir/r4.js'

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json | undefined }
export type JsonObject = { [key: string]: Json | undefined }

export interface Resource {
  resourceType: string
  id?: string
  meta?: Meta
  contained?: Resource[]
  [element: string]: unknown
}

/** Canonical base of everything that this project defines. */
export const CANONICAL = 'https://locum.example/fhir'

/** `meta.source` of what comes from the national provider file. */
export const DIRECTORY = `${CANONICAL}/npi-directory`

/** Profiles and extensions of Da Vinci PDex Plan-Net. https://hl7.org/fhir/us/davinci-pdex-plan-net */
export const PLAN_NET = 'http://hl7.org/fhir/us/davinci-pdex-plan-net/StructureDefinition'

/** Systems that more than one layer has to know by name. */
export const SYSTEM = {
  npi: 'http://hl7.org/fhir/sid/us-npi',
  v2IdentifierType: 'http://terminology.hl7.org/CodeSystem/v2-0203',
  userId: `${CANONICAL}/sid/user-id`,
  slug: `${CANONICAL}/sid/slug`
} as const
