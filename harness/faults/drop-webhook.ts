/** The provider captures the money and its notice never arrives. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const dropWebhook = defineFault({
  id: 'drop-webhook',
  layer: 'provider',
  summary: 'Never delivers the webhook of `sharePercent` of the payments.',
  params: { sharePercent: between(1, 100) },
  inject: (site) =>
    site.onWebhook((_point, { values, random }) =>
      random.integer(1, 100) <= values.sharePercent ? { lost: true, copiesAfterMs: [] } : undefined,
    ),
  hits: ({ payments, deliveries }, decided) => {
    const delivered = new Set(deliveries.filter(({ forged }) => !forged).map(({ reference }) => reference));
    return payments.filter(({ reference }) => decided.has(reference) && !delivered.has(reference)).length;
  },
});
