/** Somebody who is not the provider tells of a payment, while the order waits for it and once it was made. */
import { defineFault } from '../fault.ts';
import type { ForgedWebhook, Forgery } from '../provider.ts';
import { between } from '../range.ts';

const forgeries: readonly Forgery[] = ['unsigned', 'foreign key', 'changed amount', 'changed order', 'other merchant'];

const moments: readonly ForgedWebhook['since'][] = ['ordered', 'paid'];

export const forgeWebhook = defineFault({
  id: 'forge-webhook',
  layer: 'provider',
  summary:
    'Sends `copies` forged webhooks, each of a kind drawn anew, about `sharePercent` of the orders, within ' +
    '`spreadMs` of the moment at which the provider heard of the order or was paid for it.',
  params: { sharePercent: between(1, 100), copies: between(1, 20), spreadMs: between(0, 60_000) },
  inject: (site) =>
    site.onOrder((_point, { values, random }) =>
      random.integer(1, 100) > values.sharePercent
        ? undefined
        : Array.from({ length: values.copies }, () => ({
            forgery: random.pick(forgeries),
            since: random.pick(moments),
            afterMs: random.integer(0, values.spreadMs),
          })),
    ),
  hits: ({ deliveries }) => deliveries.filter(({ forged, status }) => forged !== undefined && status !== 0).length,
});
