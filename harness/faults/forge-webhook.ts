/** Somebody who is not the provider tells of a payment: unsigned, wrongly signed, changed, or of another merchant. */
import { defineFault } from '../fault.ts';
import type { Forgery } from '../provider.ts';
import { between } from '../range.ts';

const forgeries: readonly Forgery[] = ['unsigned', 'foreign key', 'changed amount', 'other merchant'];

export const forgeWebhook = defineFault({
  id: 'forge-webhook',
  layer: 'provider',
  summary:
    'Sends `copies` forged webhooks, each of a kind drawn anew, about `sharePercent` of the orders, within ' +
    '`spreadMs` of the moment at which the provider heard of the order.',
  params: { sharePercent: between(1, 100), copies: between(1, 20), spreadMs: between(0, 60_000) },
  inject: (site) =>
    site.onOrder((_point, { values, random }) =>
      random.integer(1, 100) > values.sharePercent
        ? undefined
        : Array.from({ length: values.copies }, () => {
            return { forgery: random.pick(forgeries), afterMs: random.integer(0, values.spreadMs) };
          }),
    ),
  hits: ({ deliveries }) => deliveries.filter(({ forged, status }) => forged !== undefined && status !== 0).length,
});
