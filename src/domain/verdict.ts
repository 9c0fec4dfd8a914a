/** What a check of the domain answers: expected outcomes are values, with a reason that a stranger can act on. */
export type Verdict = { ok: true } | Refusal

/** As {@link Verdict}, with the value in its normal form. */
export type Normalised = { ok: true; value: string } | Refusal

export interface Refusal {
  ok: false
  reason: string
}

export const ACCEPTED: Verdict = { ok: true }

export const refuse = (reason: string): Refusal => ({ ok: false, reason })
