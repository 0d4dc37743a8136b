/** A process dies in the middle of its work, without a chance to tidy up, and a supervisor starts it again. */
import { namesOrder } from '../books.ts';
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';
import { type Aftermath, isOfWebhooks, type Struck, strikeShare, struckWebhook } from '../strike.ts';

/** The cloud took the grant before the process died, and its order was finished only by the process after it. */
const struckGrant = ({ reference, span }: Struck, { records, ledger }: Aftermath): boolean => {
  const isTaken = records.grants.some((grant) => grant.reference === reference && grant.atMs <= span.fromMs);
  const order = ledger.orders.find((candidate) => namesOrder(reference, candidate));
  const finished = ledger.transitions.find(({ orderId, to }) => orderId === order?.id && to === 'COMPLETED');
  return isTaken && finished !== undefined && finished.atMs >= span.untilMs;
};

export const killProcess = defineFault({
  id: 'kill-process',
  layer: 'process',
  summary:
    'Kills the process `times` times by SIGKILL, `afterMs` after the first call, or any webhook or acknowledgement, ' +
    'of `sharePercent` of the orders, and starts it again `downMs` later.',
  params: {
    sharePercent: between(1, 100),
    times: between(1, 1_000),
    afterMs: between(0, 10_000),
    downMs: between(0, 60_000),
  },
  inject: (site) =>
    site.strike(
      'kill',
      ({ operation, nth }, draw) =>
        isOfWebhooks(operation) || nth === 1 ? strikeShare(draw, draw.values.downMs) : undefined,
      ({ values }) => values.times,
    ),
  hasHit: (struck, after, { operation }) =>
    struck.isProven &&
    (isOfWebhooks(operation) ? struckWebhook(struck, after.records, true) : struckGrant(struck, after)),
});
