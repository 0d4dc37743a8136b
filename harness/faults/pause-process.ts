/** A process stands still in the middle of its work, with all that it holds, and goes on as if nothing had been. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';
import { isOfWebhooks, strikeShare } from '../strike.ts';

export const pauseProcess = defineFault({
  id: 'pause-process',
  layer: 'process',
  summary:
    'Stops the process `times` times by SIGSTOP, `afterMs` after a call or webhook of `sharePercent` of the orders, ' +
    'and lets it go on `pauseMs` later.',
  params: {
    sharePercent: between(1, 100),
    times: between(1, 1_000),
    afterMs: between(0, 10_000),
    pauseMs: between(1, 60_000),
  },
  inject: (site) =>
    site.strike(
      'pause',
      (_moment, draw) => strikeShare(draw, draw.values.pauseMs),
      ({ values }) => values.times,
    ),
  // A webhook that was with it had to wait until it went on. Of a call nobody can tell when its answer was read.
  hasHit: ({ isProven, span }, { records }, { operation }) =>
    isProven &&
    (!isOfWebhooks(operation) ||
      records.deliveries.some(({ sentMs, answeredMs }) => sentMs <= span.fromMs && span.untilMs <= answeredMs)),
});
