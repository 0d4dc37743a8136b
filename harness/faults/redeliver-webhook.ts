/** The provider delivers a notice again although it was answered: a lost acknowledgement, a second line, a replay. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const redeliverWebhook = defineFault({
  id: 'redeliver-webhook',
  layer: 'provider',
  summary: 'Delivers every webhook `copies` times in total; the copies leave within `spreadMs` of the first.',
  params: { copies: between(2, 20), spreadMs: between(0, 60_000) },
  inject: (site) =>
    site.onWebhook((_point, { values, random }) => ({
      lost: false,
      copiesAfterMs: Array.from({ length: values.copies - 1 }, () => random.integer(0, values.spreadMs)),
    })),
  hits: ({ deliveries }) => {
    const copies = deliveries.filter(({ attempt, status, forged }) => attempt === 0 && status !== 0 && !forged);
    return new Set(copies.map(({ reference }) => reference)).size;
  },
});
