/** Strikes: what a fault of the layer `process` does to the system, when, and how it is known to have hit. */
import type { LedgerView } from './books.ts';
import type { ProviderRecords } from './provider.ts';
import type { Random } from './seed.ts';

/** SIGKILL, after which it is started again; or SIGSTOP, after which it goes on. */
export type StrikeKind = 'kill' | 'pause';

/** One blow at a process. */
export interface Strike {
  /** Real milliseconds between the moment at which it was decided and the signal; 0: before anything else happens. */
  readonly afterMs: number;
  /** Real milliseconds for which the process is left as it is then. */
  readonly forMs: number;
}

/** What was drawn for one order by a fault that strikes during some of them. */
interface ShareDraw {
  readonly values: { readonly sharePercent: number; readonly afterMs: number };
  readonly random: Random;
}

/** An interval of real milliseconds since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A strike that was carried out and undone. */
export interface Struck {
  /** The order of whose call or webhook it was decided. */
  readonly reference: string;
  /** From the signal until the process worked again. */
  readonly span: Span;
  /** Whether the operating system, or the log of the process, says that it was hit. */
  readonly isProven: boolean;
}

/** What tells whether a strike interrupted anything: the records of all providers, and the ledger. */
export interface Aftermath {
  readonly records: ProviderRecords;
  readonly ledger: LedgerView;
}

/** Decides on a strike for `sharePercent` of the orders, `afterMs` after the moment; each order once and for all. */
export const strikeShare = (
  { values: { sharePercent, afterMs }, random }: ShareDraw,
  forMs: number,
): Strike | undefined => (random.integer(1, 100) <= sharePercent ? { afterMs, forMs } : undefined);

/** Whether moments of this operation are about webhooks, each of which may come several times for an order. */
export const isOfWebhooks = (operation: string | undefined): boolean =>
  operation === 'webhook' || operation === 'acknowledgement';

/** Whether a webhook was with the system when it was struck; `isLost` asks for one that was never answered. */
export const struckWebhook = ({ span }: Struck, { deliveries }: ProviderRecords, isLost: boolean): boolean =>
  deliveries.some(
    ({ sentMs, answeredMs, status }) => sentMs <= span.fromMs && span.fromMs <= answeredMs && (!isLost || status === 0),
  );
