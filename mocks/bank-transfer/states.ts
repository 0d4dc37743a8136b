/**
 * What the bank and the payers of the mock know. A slip is paper: somebody was asked for an amount under a reference,
 * and the bank knows nothing of it. From `printed` an ordered transfer leads to `ordered`, its arrival to `booked`, and
 * giving all of it back to `returned`; more transfers on one slip may follow at any time. Entries stand on an account
 * in the order in which they were booked, and never change.
 */
import { momentNumber } from '../numbers.ts';

/** What somebody was asked to transfer; `name` is what whoever printed it calls it. */
export interface Slip {
  readonly name: string;
  readonly reference: string;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly transfers: Transfer[];
}

/** What a payer wrote: a reference that a program checked, or text that it did not. */
export interface Written {
  readonly structured?: string;
  readonly text?: string;
}

/** Money on its way, or arrived. Times are milliseconds of the bank's clock. */
export interface Transfer {
  readonly slip: Slip;
  readonly amountMinor: bigint;
  readonly written: Written;
  readonly payer: { readonly name: string; readonly iban: string };
  readonly orderedMs: number;
  entry?: Entry;
  returned?: Entry;
}

/** One line of an account. */
export interface Entry {
  /** The bank's number of it, unique over all accounts. */
  readonly id: string;
  /** Counts the entries of the account. */
  readonly number: string;
  readonly currency: string;
  readonly amountMinor: bigint;
  readonly side: 'credit' | 'debit';
  readonly bookedMs: number;
  readonly transfer: Transfer;
}

/** How it stands with a slip. */
export const statusOf = ({ transfers }: Slip): 'printed' | 'ordered' | 'booked' | 'returned' => {
  if (transfers.length === 0) return 'printed';
  if (transfers.some(({ entry }) => entry === undefined)) return 'ordered';
  return transfers.every(({ returned }) => returned !== undefined) ? 'returned' : 'booked';
};

/** What stands on the accounts of the merchant, by currency. */
export interface Passbooks {
  /** Oldest first. */
  of(currency: string): readonly Entry[];
  book(transfer: Transfer, side: Entry['side'], nowMs: number): Entry;
}

/** No entries yet. */
export const openPassbooks = (): Passbooks => {
  const byCurrency = new Map<string, Entry[]>();
  let count = 0;
  return {
    of: (currency) => byCurrency.get(currency) ?? [],
    book: (transfer, side, nowMs) => {
      const { currency } = transfer.slip;
      const entries = byCurrency.get(currency) ?? [];
      byCurrency.set(currency, entries);
      count += 1;
      const number = String(entries.length + 1).padStart(9, '0');
      const id = `BT${momentNumber(nowMs, count)}`;
      const entry = { id, number, currency, amountMinor: transfer.amountMinor, side, bookedMs: nowMs, transfer };
      entries.push(entry);
      return entry;
    },
  };
};

/** What all entries together leave on the account. */
export const balanceMinor = (entries: readonly Entry[]): bigint =>
  entries.reduce((sum, { side, amountMinor }) => sum + (side === 'credit' ? amountMinor : -amountMinor), 0n);
