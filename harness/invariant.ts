/**
 * The invariant kind: a promise about money, declared once. The audit, the alert, its absent twin, the panel and the
 * documentation are all derived from this one declaration.
 */
import type { AnomalyId } from './anomaly.ts';
import type { Books } from './books.ts';
import type { Span } from './strike.ts';

/** Smallest evidence of a breach. */
export interface Witness {
  /** What was harmed: a payment, a wallet, an order, a cloud account. */
  readonly subject: string;
  /** The class of the breach, where one is known. */
  readonly anomaly?: AnomalyId;
  /** What happened to it, as the rest of a sentence that begins with the subject. */
  readonly story: string;
  readonly expected: string;
  readonly actual: string;
  /** The order whose timeline tells the story, if there is one. */
  readonly orderId?: string;
  /** Ledger rows, payments or grants that prove it; the timeline marks them. */
  readonly evidence: readonly string[];
  /** Earliest moment at which the breach can have been in the books; time to detect is counted from here. */
  readonly sinceMs?: number;
}

/** An oracle that judges from the books alone. */
export interface Invariant {
  /** Kebab-case; the same text is file name, CLI argument, metric label and docs anchor. */
  readonly id: string;
  /** The requirement it implements: INV1 to INV22. */
  readonly covers: string;
  readonly claim: string;
  /** What a breach means for people, and what an operator looks at first. */
  readonly meaning: string;
  readonly severity: 'critical' | 'warning';
  /** What the signal counts, for panels. */
  readonly unit: string;
  /** How many facts of this run could have broken the promise; zero makes the verdict `unknown`, never `holds`. */
  exercised(books: Books): number;
  witnesses(books: Books): readonly Witness[];
  /**
   * Why what the books cannot show may have broken it, and since when; undefined where they show all. Without a witness
   * it is then `unknown`, and an alarm since that moment is neither right nor false.
   */
  unseen?(books: Books): { readonly reason: string; readonly sinceMs: number } | undefined;
  /** Where only age makes a fact a breach: from when to when each fact lasted that is over by now. */
  waits?(books: Books): readonly Span[];
  /** Logical signal whose value above `bound` must raise the alert; absent while no series tells of it. */
  readonly signal?: string;
  readonly bound: number;
}

/** Freezes an invariant. */
export const defineInvariant = (invariant: Invariant): Invariant => Object.freeze(invariant);

/** `no-double-credit` → `NoDoubleCredit`: the name of the derived alert. */
export const alertNameOf = (invariant: Invariant): string =>
  invariant.id.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
