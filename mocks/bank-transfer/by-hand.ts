/** What people do: they print slips, fill in transfers in all the ways that people do, and give money back. */
import { mockErrors } from '#harness/mock-errors';
import type { ByHand, FaultSite } from '#harness/provider';
import { acknowledged, type Notices } from './notices.ts';
import { amountMinorRange } from './quirks.ts';
import { referenceIn, referenceOf } from './reference.ts';
import { type Slip, statusOf } from './states.ts';
import type { Till } from './till.ts';
import { ways } from './ways.ts';

/** The parts of the open bank that people act on; slips by their reference, oldest first. */
export interface Counter {
  readonly slips: Map<string, Slip>;
  readonly till: Till;
  readonly notices: Notices;
  readonly tampers: ByHand['tampers'];
  readonly site: Pick<FaultSite, 'onTransfer'>;
}

const currency = 'USD';

/** Under what a slip is kept: the reference itself, or the one that is made of an order's number. */
const keyOf = (reference: string): string | undefined => referenceIn(reference) || referenceOf(reference);

/** The slip of a reference, or of the order's number that it was made of. */
export const slipOf = (slips: Counter['slips'], reference: string): Slip | undefined =>
  slips.get(keyOf(reference) ?? '');

/** Prints a slip, and answers it; the same one again is the first. Throws `order-refused`. */
export const printSlip = (
  slips: Counter['slips'],
  name: string,
  asked: Pick<Slip, 'amountMinor' | 'currency'>,
): Slip => {
  const refused = (problem: string) => mockErrors.orderRefused('bank-transfer', name, problem);
  const reference = keyOf(name);
  if (reference === undefined) throw refused('its number has to be 1 to 21 letters or digits, or a whole RF reference');
  const { min, max } = amountMinorRange;
  if (asked.amountMinor < min || asked.amountMinor > max) throw refused('its amount is not allowed');
  const known = slips.get(reference);
  if (known !== undefined && (known.amountMinor !== asked.amountMinor || known.currency !== asked.currency))
    throw refused('that number was used');
  const slip = known ?? { name, reference, ...asked, transfers: [] };
  slips.set(reference, slip);
  return slip;
};

const deedsOf = ({ slips, till, site }: Counter): ByHand['deeds'] => {
  const found = (reference: string): Slip => {
    const slip = slipOf(slips, reference);
    if (slip === undefined) throw mockErrors.unknownReference('bank-transfer', reference);
    return slip;
  };
  const deed =
    (name: string, isFit: (slip: Slip) => boolean, act: (slip: Slip) => void) =>
    (reference: string): void => {
      const slip = found(reference);
      if (!isFit(slip)) throw mockErrors.notInThisState(name, reference, statusOf(slip));
      act(slip);
    };
  const payments = Object.entries(ways).map(([name, fill]) => {
    const order = (slip: Slip): void => {
      const misnaming = name === 'pay' ? site.onTransfer?.({ reference: slip.name }) : undefined;
      const filled = misnaming === undefined ? fill(slip) : (ways[`pay-${misnaming}`]?.(slip) ?? []);
      for (const ordered of filled) till.order(slip, ordered);
    };
    // A buyer who was asked for it pays once; whatever else people do with a slip they may do again.
    const payOnce = (slip: Slip): void => (slip.transfers.length === 0 ? order(slip) : undefined);
    return [name, deed(name, () => true, name === 'pay' ? payOnce : order)] as const;
  });
  return {
    ...Object.fromEntries(payments),
    book: deed('book', (slip) => statusOf(slip) === 'ordered', till.hasten),
    return: deed('return', (slip) => statusOf(slip) === 'booked', till.giveBack),
  };
};

/** What was given back of a slip. */
const returnedMinor = ({ transfers }: Slip): bigint =>
  transfers.reduce((sum, { returned }) => sum + (returned?.amountMinor ?? 0n), 0n);

/** Orders are slips: the bank gets to know of them with the money, and until then they have their reference alone. */
export const openByHand = (counter: Counter): ByHand => {
  const { slips, notices, tampers } = counter;
  const telling = Object.keys(ways).filter((way) => way !== 'pay-slowly'); // it is told as any other
  const kinds = telling.map((way) => [way.replace(/^pay(?:-|$)/, '') || 'paid', [way, 'book']] as const);
  return {
    currency,
    order: ({ reference, amountMinor, webhookUrl }) => {
      printSlip(slips, reference, { amountMinor, currency });
      if (webhookUrl !== '') notices.addUrl(webhookUrl);
    },
    orders: () =>
      [...slips.values()].map((slip) => ({
        reference: slip.name,
        id: slip.transfers.findLast(({ entry }) => entry !== undefined)?.entry?.id ?? slip.reference,
        status: statusOf(slip),
        amountMinor: slip.amountMinor,
        refundedMinor: returnedMinor(slip),
        currency: slip.currency,
      })),
    deeds: deedsOf(counter),
    resend: (reference) => {
      const slip = slipOf(slips, reference);
      if (slip === undefined) throw mockErrors.unknownReference('bank-transfer', reference);
      if (!notices.sender.resend(slip.name)) throw mockErrors.nothingToResend('bank-transfer', reference);
    },
    webhooks: { ...Object.fromEntries(kinds), returned: ['pay', 'book', 'return'] },
    tampers,
    acknowledged,
  };
};
