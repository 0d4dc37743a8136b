/** The provider captures and reports less than the order says: a coupon, a fee kept back, a confused rate. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const captureShort = defineFault({
  id: 'capture-short',
  layer: 'provider',
  summary:
    'Captures `shortPercent` less than was asked, but at least one minor unit, for `sharePercent` of the payments.',
  params: { sharePercent: between(1, 100), shortPercent: between(1, 99) },
  inject: (site) =>
    site.onCapture(({ amountMinor }, { values, random }) => {
      if (random.integer(1, 100) > values.sharePercent) return undefined;
      const shortMinor = (amountMinor * BigInt(values.shortPercent)) / 100n;
      return amountMinor - (shortMinor === 0n ? 1n : shortMinor);
    }),
  hits: ({ payments }, decided) => payments.filter(({ reference }) => decided.has(reference)).length,
});
