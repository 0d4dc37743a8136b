import { holdAnswer } from '#harness/faults/hold-answer';
import { legalTransitions } from '#harness/invariants/legal-transitions';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The service hears that an order was paid before it hears that the provider took the order. */
export const webhookBeforeResponse = defineScenario({
  id: 'webhook-before-response',
  hypothesis:
    'A webhook that overtakes the answer to its own initiation is applied once, and the late answer undoes nothing.',
  covers: ['S22', 'S23'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    holdAnswer({ id: alipay.id, operation: 'alipay.trade.precreate' }, { sharePercent: exactly(70) }, { hitsMin: 8 }),
  ],
  expect: [legalTransitions, noDoubleCredit, noLostCredit],
  settleMsMax: 10_000,
});
