/** The database server crashes: every connection breaks, what was not committed is gone, and it has to recover. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';
import { isOfWebhooks, strikeShare, struckWebhook } from '../strike.ts';

export const restartPostgres = defineFault({
  id: 'restart-postgres',
  layer: 'process',
  summary:
    'Kills the database server `times` times by SIGKILL, `afterMs` after a call or webhook of `sharePercent` of the ' +
    'orders, and starts it again `downMs` later, to recover by its log.',
  params: {
    sharePercent: between(1, 100),
    times: between(1, 1_000),
    afterMs: between(0, 10_000),
    downMs: between(0, 60_000),
  },
  inject: (site) =>
    site.strike(
      'kill',
      (_moment, draw) => strikeShare(draw, draw.values.downMs),
      ({ values }) => values.times,
    ),
  hasHit: (struck, { records }, { operation }) =>
    struck.isProven && (!isOfWebhooks(operation) || struckWebhook(struck, records, false)),
});
