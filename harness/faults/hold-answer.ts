/** Paid before it was answered: the buyer is faster than the provider's answer to us, and its webhook overtakes it. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const holdAnswer = defineFault({
  id: 'hold-answer',
  layer: 'provider',
  summary:
    'For `sharePercent` of the references: lets the buyer pay while the call is handled, and holds the answer until ' +
    'the webhook about that payment was answered.',
  params: { sharePercent: between(1, 100) },
  inject: (site) =>
    site.onCall(({ nth }, { values, random }) =>
      nth === 1 && random.integer(1, 100) <= values.sharePercent ? 'afterWebhook' : undefined,
    ),
  hits: ({ calls, deliveries }) => {
    const applied = new Map(
      deliveries.filter(({ acknowledged }) => acknowledged).map(({ reference, answeredMs }) => [reference, answeredMs]),
    );
    return calls.filter(({ reference, answeredMs }) => {
      return answeredMs !== undefined && (applied.get(reference) ?? Number.POSITIVE_INFINITY) <= answeredMs;
    }).length;
  },
});
