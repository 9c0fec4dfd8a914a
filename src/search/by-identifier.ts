/** When a shared source takes part in a search: only when it is asked for by its own identifier. */
import type { UsedCondition } from './registry.js'

/** True for conditions on `_id`, or on `identifier` with a value of `form` and of `system` (or of none named). */
export const soughtByIdentifier =
  (system: string, form: RegExp) =>
  (conditions: readonly UsedCondition[]): boolean =>
    conditions.some(
      ({ name, values }) =>
        name === '_id' ||
        (name === 'identifier' &&
          values.some(
            value =>
              value.form === 'token' &&
              (value.system === undefined || value.system === system) &&
              form.test(value.code ?? '')
          ))
    )
