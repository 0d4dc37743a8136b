/** Somebody between the provider and us, without a key of either, sends on what he has changed of a webhook. */
import { defineFault } from '../fault.ts';
import type { Forgery } from '../provider.ts';
import { between } from '../range.ts';

const alterations: readonly Forgery[] = ['changed amount', 'changed order'];

export const alterWebhook = defineFault({
  id: 'alter-webhook',
  layer: 'provider',
  summary:
    'Sends `copies` webhooks in which the amount or the order was changed, and which are else as the provider made ' +
    'them, about `sharePercent` of the orders, within `spreadMs` of the payment.',
  params: { sharePercent: between(1, 100), copies: between(1, 20), spreadMs: between(0, 60_000) },
  inject: (site) =>
    site.onOrder((_point, { values, random }) =>
      random.integer(1, 100) > values.sharePercent
        ? undefined
        : Array.from({ length: values.copies }, () => ({
            forgery: random.pick(alterations),
            since: 'paid' as const,
            afterMs: random.integer(0, values.spreadMs),
          })),
    ),
  hits: ({ deliveries }) =>
    deliveries.filter(({ forged, status }) => forged && alterations.includes(forged.forgery) && status !== 0).length,
});
