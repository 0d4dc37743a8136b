/** Somebody who transfers money leaves the reference out, or mistypes it: the money comes, and names no order. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const misnameTransfer = defineFault({
  id: 'misname-transfer',
  layer: 'provider',
  summary: 'Leaves the reference out, or gets one character of it wrong, in `sharePercent` of the transfers.',
  params: { sharePercent: between(1, 100) },
  inject: (site) =>
    site.onTransfer((_point, { values, random }) =>
      random.integer(1, 100) > values.sharePercent ? undefined : random.pick(['unnamed', 'mistyped'] as const),
    ),
  hits: ({ payments }, decided) => Math.min(decided.size, payments.filter(({ reference }) => reference === '').length),
});
