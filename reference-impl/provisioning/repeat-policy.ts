/** What to do about a grant whose answer was lost: it may have happened, and doing it again may grant twice. */
import type { Failure } from '../resilience/failure.ts';
import type { Attempt } from './attempts.ts';
import type { Cloud, IdempotencyClass } from './cloud.ts';
import { absolute } from './strategies/absolute.ts';
import { echoed } from './strategies/echoed.ts';
import { keyed } from './strategies/keyed.ts';
import { listed } from './strategies/listed.ts';
import { nameless } from './strategies/nameless.ts';

/** An attempt whose effect nobody knows. */
export interface LostAnswer {
  readonly cloudAccountId: string;
  readonly amountMinor: bigint;
  readonly attempt: Attempt;
}

/** `granted`: it did happen. `repeat`: send it again. `undecided`: nobody but a person can tell. */
export type Decision = 'granted' | 'repeat' | 'undecided';

/** How attempts at clouds of one class are named, and when a lost one is repeated. */
export interface GrantStrategy {
  /** Our name for attempt `nth`; letters, digits and underscores. */
  reference(orderId: string, nth: number): string;
  /**
   * A lost call may still arrive, so `repeat` waits until it no longer can, its signature being too old for the cloud;
   * then the strategy is asked again.
   */
  readonly waitsForArrival: boolean;
  /**
   * An attempt begins from what our own grants made of the account. The cloud is asked only where we never sent one:
   * later it would tell what is left, and perhaps what a lost attempt did.
   */
  readonly startsFromOwnBooks: boolean;
  /** A failure: the cloud cannot be asked, or refuses to tell. */
  afterLostAnswer(cloud: Cloud, lost: LostAnswer): Promise<Decision | Failure>;
}

/** The strategy for each class of cloud. */
export type RepeatPolicy = Readonly<Record<IdempotencyClass, GrantStrategy>>;

/** To each class its own. */
export const strategyPerClass: RepeatPolicy = { K: keyed, R: echoed, L: listed, N: nameless, A: absolute };

/** One strategy for all clouds, whatever they can do: for variants that are wrong, or over-careful. */
export const sameEverywhere = (strategy: GrantStrategy): RepeatPolicy => ({
  K: strategy,
  R: strategy,
  L: strategy,
  N: strategy,
  A: strategy,
});
