/** What the pipeline notes about a request while it is under way. */
import type { Response } from 'express'

export interface Notes {
  requestId: string
  /** Known once the request is authenticated; for the access log. */
  subject?: string
  tenant?: string
  /** Below the FHIR base. */
  fhirPath?: string
}

export const notes = (response: Response): Notes => response.locals as Notes
