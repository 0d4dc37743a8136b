/** What a caller can do when the answer to a grant was lost: data that every cloud declares for its operations. */
import { type Money, toDecimal } from '#harness/money';

/**
 * `K`: the call carries a key, and a repeat under it has no second effect. `R`: it carries a text of the caller's own
 * that a query shows again. `L`: a list tells cloud account, amount and time, but nothing of the caller's own. `N`:
 * only a balance before and after can tell. `A`: it sets an absolute amount, so a repeat is harmless, and of two at
 * once one is lost.
 */
export type IdempotencyClass = 'A' | 'K' | 'L' | 'N' | 'R';

/** One operation that grants. Operations and fields are the vendor's words. */
export interface Granting {
  readonly class: IdempotencyClass;
  /** The field that carries the caller's key or text. */
  readonly field?: string;
  /** Whether a call that leaves the field out is taken; its class is then the one that is named here. */
  readonly without?: IdempotencyClass;
  /** What becomes of a repeat under the same key. */
  readonly repeat?: 'first answer' | 'refused';
  /** The operations that tell whether an earlier call was done. */
  readonly foundBy: readonly string[];
  /** How the amount is written. */
  readonly amount: string;
  /** How this is known: R run with the vendor's SDK, S read in it, D a page of the vendor, M from memory. */
  readonly known: string;
}

/** The operations among these that grant once more with each call, since nothing in it tells a repeat. */
export const grantingAgain = (granting: Readonly<Record<string, Granting>>): readonly string[] =>
  Object.keys(granting).filter((operation) => /^[LNR]$/.test(granting[operation]?.class ?? ''));

/** The reference of a grant that the API lets nobody name: cloud account and amount, by which alone it can be told. */
export const namelessIntent = (cloudAccount: string, money: Money): string => `${cloudAccount} ${toDecimal(money)}`;
