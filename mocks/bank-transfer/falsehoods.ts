/** What a notice may say wrong although the bank signed it. */
import { otherAccount, payers } from './quirks.ts';
import { referenceOf } from './reference.ts';
import type { Notice, Told } from './wire.ts';

const telling = (change: (told: Told) => Partial<Told>) => (notice: Notice) => ({
  ...notice,
  told: { ...notice.told, ...change(notice.told) },
});

/**
 * Each by what is wrong: `amount` is ten times as high; `order` has the reference of somebody else's order; `status` is
 * of money that is only expected; `schema` is a version that nobody has heard of.
 */
export const falsehoods: Readonly<Record<string, (notice: Notice) => Notice>> = {
  amount: telling(({ amountMinor }) => ({ amountMinor: amountMinor * 10n })),
  currency: telling(({ currency }) => ({ currency: currency === 'USD' ? 'CNY' : 'USD' })),
  merchant: (notice) => ({ ...notice, iban: otherAccount }),
  order: telling(() => ({ structured: referenceOf('SOMEBODYELSES') })),
  payer: telling(() => ({ payer: payers.other })),
  status: telling(() => ({ status: 'PDNG' })),
  schema: (notice) => ({ ...notice, schema: 'camt.054.001.99' }),
};
