/** Buyers at a steady rate, whatever becomes of them, while the payment provider is away for a part of the time. */
import type { Options } from 'k6/options';
import { buyOnce } from './buyer.k6.ts';

const seconds = Number(__ENV.TOPPLE_SECONDS ?? 24);
const ordersPerSecond = Number(__ENV.TOPPLE_ORDERS_PER_SECOND ?? 10);
const planned = seconds * ordersPerSecond;
/** Longer than any outage, and than a busy machine takes: what is slow here is told by topple, not by a threshold. */
const patienceS = 60;

/** What k6 reads before anything else. */
export const options: Options = {
  scenarios: {
    buyers: {
      executor: 'constant-arrival-rate',
      rate: ordersPerSecond,
      timeUnit: '1s',
      duration: `${seconds}s`,
      // Each buyer of the outage waits for its end, and keeps a virtual user until then. One more comes at the end.
      preAllocatedVUs: planned + 1,
      exec: 'buy',
      gracefulStop: `${2 * patienceS}s`,
    },
  },
  thresholds: {
    checks: ['rate>0.99'],
    // A load that did not happen proves nothing.
    iterations: [`count>=${Math.floor(planned * 0.95)}`],
    dropped_iterations: ['count==0'],
    topups_paid: [`count>=${Math.floor(planned * 0.95)}`],
  },
};

/** One buyer, who has the patience for an outage. */
export const buy = (): void => buyOnce(Math.max(1, Math.floor(planned / 3)), patienceS);
