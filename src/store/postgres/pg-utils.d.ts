/** What pg exports without types. */
declare module 'pg/lib/utils.js' {
  /** The text of a value as a parameter of a statement: arrays as `{...}`, objects as JSON. */
  export const prepareValue: (value: unknown) => string | Buffer | null
}
