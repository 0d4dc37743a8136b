import { link } from '#harness/fault';
import { latency } from '#harness/faults/latency';
import { legalTransitions } from '#harness/invariants/legal-transitions';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** Webhook, provider query and a double-clicking client confirm the same order at the same time. */
export const confirmRace = defineScenario({
  id: 'confirm-race',
  hypothesis: 'An order that is confirmed by its webhook and by two impatient clicks at once is confirmed once.',
  covers: ['A6', 'A7', 'S16', 'S84'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(2),
  }),
  faults: [
    latency(link('api-role', 'postgres'), { latencyMs: between(3, 8) }, { hitsMin: 4 }),
    // Slower than the clicks: a webhook that was always first would leave them nothing to race for.
    latency(link('webhook-role', 'postgres'), { latencyMs: between(30, 50) }, { hitsMin: 4 }),
  ],
  overlaps: [{ between: ['webhook', 'confirm-order'], on: 'order', ordersMin: 5 }],
  expect: [legalTransitions, noDoubleCredit, noLostCredit],
  settleMsMax: 10_000,
});
