/** Whom the Slots of an appointment bring to it: its other participants come by themselves. */
const BROUGHT = /^(Practitioner|PractitionerRole|Location|HealthcareService)\//

/** `reference`: a participant's actor. */
export const isBrought = (reference = ''): boolean => BROUGHT.test(reference)
