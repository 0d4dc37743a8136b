/** A sale opens: from a trickle to the peak within a fifth of the time, as long at the peak, and slowly down again. */
import type { Options } from 'k6/options';
import { buyOnce } from './buyer.k6.ts';

const seconds = Number(__ENV.TOPPLE_SECONDS ?? 20);
const ordersPerSecond = Number(__ENV.TOPPLE_ORDERS_PER_SECOND ?? 20);
/** Longer than a busy machine takes: what is slow here is told by topple, not by a threshold. */
const patienceS = 60;
const fifth = `${(seconds / 5) * 1_000}ms`;
/** The mean of the stages, over all of the time. */
const planned = seconds * ordersPerSecond * 0.475;

/** What k6 reads before anything else. */
export const options: Options = {
  scenarios: {
    buyers: {
      executor: 'ramping-arrival-rate',
      startRate: 1,
      timeUnit: '1s',
      stages: [
        { target: 1, duration: fifth },
        { target: ordersPerSecond, duration: fifth },
        { target: ordersPerSecond, duration: fifth },
        { target: Math.ceil(ordersPerSecond / 4), duration: fifth },
        { target: Math.ceil(ordersPerSecond / 4), duration: fifth },
      ],
      preAllocatedVUs: Math.ceil(planned) + ordersPerSecond,
      exec: 'buy',
      gracefulStop: `${2 * patienceS}s`,
    },
  },
  thresholds: {
    checks: ['rate>0.99'],
    iterations: [`count>=${Math.floor(planned * 0.8)}`],
    dropped_iterations: ['count==0'],
    topups_paid: [`count>=${Math.floor(planned * 0.8)}`],
  },
};

/** A few buyers, who come back: their top-ups meet in the same wallets. */
export const buy = (): void => buyOnce(Math.max(1, Math.floor(planned / 20)), patienceS);
