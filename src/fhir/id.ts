/**
 * Resource ids. https://hl7.org/fhir/R4/datatypes.html#id; `.` and `..` are none here: in a URL they are steps on its path,
 * which clients take by themselves.
 */
const ID = /^(?!\.\.?$)[A-Za-z0-9.-]{1,64}$/
export const ID_WORDS = 'an id has 1 to 64 letters, digits, - and ., and is not . or .. alone'
export const isId = (text: string): boolean => ID.test(text)
