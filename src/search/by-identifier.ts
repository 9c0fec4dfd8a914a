/** When a shared source takes part in a search: only when it is asked for by its own identifier, or by its name. */
import type { UsedCondition } from './registry.js'

/**
 * True for conditions on `identifier` with a value of `form` and of `system` (or of none named), or on
 * `_source` with `name`.
 */
export const soughtByIdentifier =
  (system: string, form: RegExp, source: string) =>
  (conditions: readonly UsedCondition[]): boolean =>
    conditions.some(
      ({ name, values }) =>
        (name === '_source' && values.some(value => value.form === 'uri' && value.uri === source)) ||
        (name === 'identifier' &&
          values.some(
            value =>
              value.form === 'token' &&
              (value.system === undefined || value.system === system) &&
              form.test(value.code ?? '')
          ))
    )
