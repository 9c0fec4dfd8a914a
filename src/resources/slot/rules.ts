/** The write rules of Slot. */
import { error } from '../../fhir/errors.js'
import type { WriteRule } from '../../store/write-rule.js'

/** R4 has no invariant for it, but a Slot that ends before it starts takes no time and can never be found. */
const endAfterStart: WriteRule = {
  key: 'slot-period',
  when: ({ resource }) => resource !== undefined,
  decide: ({ resource }) => {
    const [start, end] = [resource!.start, resource!.end].map(each => Date.parse(String(each)))
    return start! < end! ? {} : { issues: [error('business-rule', 'end must be after start', 'Slot.end', 'S8')] }
  }
}

export const slotRules: readonly WriteRule[] = [endAfterStart]
