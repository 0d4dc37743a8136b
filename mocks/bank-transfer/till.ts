/** What becomes of slips: somebody orders a transfer, it arrives and is booked, it is given back. */
import type { CapturedPayment, ProviderPorts } from '#harness/provider';
import type { Random } from '#harness/seed';
import type { Strangers } from '../strangers.ts';
import { openTimers } from '../timers.ts';
import type { Notices } from './notices.ts';
import { arrivesWithinMs } from './quirks.ts';
import { referenceIn } from './reference.ts';
import type { Passbooks, Slip, Transfer } from './states.ts';
import type { Ordered } from './ways.ts';

/** The steps; none of them checks whether it is allowed. */
export interface Till {
  readonly captured: readonly CapturedPayment[];
  /** The transfer arrives later, as its day goes. */
  order(slip: Slip, ordered: Ordered): void;
  /** What is on its way for the slip arrives now. */
  hasten(slip: Slip): void;
  /** All that has arrived for the slip goes back. */
  giveBack(slip: Slip): void;
  idle(): boolean;
  stop(): void;
}

/** What a program can read of a transfer: the reference, or '' where it has none that is right. */
const readableIn = ({ written: { structured, text } }: Transfer): string => referenceIn(structured ?? text ?? '');

/** The steps on `passbooks`, told through `notices`. */
export const openTill = (
  { clock, wall, site, random }: Pick<ProviderPorts, 'clock' | 'wall' | 'site' | 'random'>,
  passbooks: Passbooks,
  slips: ReadonlyMap<string, Slip>,
  notices: Pick<Notices, 'tell'>,
  strangers: Strangers<Transfer>,
): Till => {
  const captured: CapturedPayment[] = [];
  const timers = openTimers();
  const underWay = new Map<Transfer, () => void>();
  const book = (transfer: Transfer): void => {
    underWay.delete(transfer);
    const entry = passbooks.book(transfer, 'credit', clock.nowMs());
    transfer.entry = entry;
    const { id, currency, amountMinor } = entry;
    const readable = readableIn(transfer);
    const reference = slips.get(readable)?.name ?? readable;
    captured.push({ id, provider: 'bank-transfer', reference, amountMinor, currency, atMs: wall.nowMs() });
    strangers.paid(transfer);
    notices.tell(entry);
  };
  const takesMs = (drawn: Random): number => drawn.integer(arrivesWithinMs.min, arrivesWithinMs.max);
  return {
    captured,
    order: (slip, { afterMs, ...ordered }) => {
      const { name, currency } = slip;
      const amountMinor = site.onCapture({ reference: name, amountMinor: ordered.amountMinor, currency });
      const transfer: Transfer = { ...ordered, slip, amountMinor, orderedMs: clock.nowMs() };
      const drawn = random.fork(`transfer-${name}-${slip.transfers.push(transfer)}`);
      strangers.ordered(transfer);
      const cancel = timers.later(clock, afterMs + takesMs(drawn), () => book(transfer));
      underWay.set(transfer, cancel);
    },
    hasten: ({ transfers }) => {
      for (const transfer of transfers) {
        underWay.get(transfer)?.();
        if (transfer.entry === undefined) book(transfer);
      }
    },
    giveBack: ({ transfers }) => {
      for (const transfer of transfers) {
        if (transfer.entry === undefined || transfer.returned !== undefined) continue;
        transfer.returned = passbooks.book(transfer, 'debit', clock.nowMs());
        notices.tell(transfer.returned);
      }
    },
    idle: () => timers.count() === 0,
    stop: timers.stop,
  };
};
