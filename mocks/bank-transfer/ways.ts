/** How people fill in a transfer: as they were asked, or otherwise. */
import { payers, slowMs } from './quirks.ts';
import { printed, referenceOf } from './reference.ts';
import type { Slip, Transfer, Written } from './states.ts';

/** A transfer as its payer orders it; `afterMs` is added to what it takes anyway. */
export interface Ordered extends Pick<Transfer, 'amountMinor' | 'written' | 'payer'> {
  readonly afterMs: number;
}

const asAsked = ({ reference, amountMinor }: Slip): Ordered => ({
  amountMinor,
  written: { structured: reference },
  payer: payers.buyer,
  afterMs: 0,
});

/** The last digit or letter is another one, which check digits always tell. */
const mistyped = (reference: string): string => `${reference.slice(0, -1)}${reference.endsWith('7') ? '1' : '7'}`;

const written = (write: (reference: string) => Written) => (slip: Slip) => [
  { ...asAsked(slip), written: write(slip.reference) },
];

const half = (amountMinor: bigint): bigint => (amountMinor > 1n ? amountMinor / 2n : 1n);

/**
 * By name: `pay` is as it should be, and so is `pay-slowly` after three more days; `pay-spaced` writes the reference
 * small and in groups, as text; `pay-unnamed` leaves it out; `pay-mistyped` gets one character wrong; `pay-unknown` has
 * a right one that no order has; `pay-for-other` comes from another account than the buyer's.
 */
export const ways: Readonly<Record<string, (slip: Slip) => readonly Ordered[]>> = {
  pay: (slip) => [asAsked(slip)],
  'pay-slowly': (slip) => [{ ...asAsked(slip), afterMs: slowMs }],
  'pay-spaced': written((reference) => ({ text: printed(reference).toLowerCase() })),
  'pay-unnamed': written(() => ({})),
  'pay-mistyped': written((reference) => ({ text: mistyped(reference) })),
  'pay-unknown': written(() => ({ structured: referenceOf('NOORDEROFYOURS') ?? '' })),
  'pay-short': (slip) => [{ ...asAsked(slip), amountMinor: half(slip.amountMinor) }],
  'pay-over': (slip) => [{ ...asAsked(slip), amountMinor: slip.amountMinor + half(slip.amountMinor) }],
  'pay-halves': (slip) => {
    const first = half(slip.amountMinor);
    const rest = slip.amountMinor - first;
    return [first, rest].filter((part) => part > 0n).map((amountMinor) => ({ ...asAsked(slip), amountMinor }));
  },
  'pay-for-other': (slip) => [{ ...asAsked(slip), payer: payers.other }],
};
