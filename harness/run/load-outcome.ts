/** What a load run found out beyond the books: what k6 says, and how the system treats a provider that is away. */
import type { K6Outcome } from '../k6/run-k6.ts';
import type { Finding } from './audit.ts';

/** Calls that the system made to one provider, the ones that never arrived among them, and the orders they were for. */
export interface Effort {
  readonly calls: number;
  readonly orders: number;
}

/** How much harder the system tries when a provider is away. */
export interface Amplification {
  readonly provider: string;
  readonly calm: Effort;
  readonly disturbed: Effort;
  /** Calls per order with the outage, by the same without; none where nobody ordered. */
  readonly factor?: number;
  readonly finding: Finding;
}

/** One time for which a fault was on a link, and what the system did meanwhile and after. */
export interface Outing {
  readonly fault: string;
  readonly provider: string;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Calls per second before, while, and at the same time of the calm run if there was one. */
  readonly perSecond: { readonly before: number; readonly during: number; readonly calm?: number };
  /** Paid orders that were begun before its end and came to rest after it. */
  readonly waiting: number;
  /** From its end until the last of them had come to rest; none if one has not. */
  readonly recoveredMs?: number;
}

/** All of it. */
export interface LoadOutcome {
  readonly k6: K6Outcome;
  /** What k6 said of the run without the faults on the timeline. */
  readonly calmK6?: K6Outcome;
  readonly outings: readonly Outing[];
  readonly amplification?: Amplification;
}
