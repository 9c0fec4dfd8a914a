/** The write rules of Location. */
import type { Extension } from 'fhir/r4.js'
import { isZone } from '../../domain/availability/index.js'
import { error } from '../../fhir/errors.js'
import type { WriteRule } from '../../store/write-rule.js'

const TIME_ZONE = 'http://hl7.org/fhir/StructureDefinition/timezone'

/** Hours in a zone that nobody knows are no hours (S1). */
const timeZone: WriteRule = {
  key: 'time-zone',
  when: ({ resource }) => resource !== undefined,
  decide: ({ resource }) => ({
    issues: ((resource!.extension as Extension[] | undefined) ?? []).flatMap(({ url, valueCode }, index) =>
      url === TIME_ZONE && (valueCode === undefined || !isZone(valueCode))
        ? [
            error(
              'business-rule',
              `There is no time zone ${JSON.stringify(valueCode ?? '')}: use an IANA name such as America/New_York`,
              `Location.extension[${index}].value`,
              'S1'
            )
          ]
        : []
    )
  })
}

export const locationRules: readonly WriteRule[] = [timeZone]
