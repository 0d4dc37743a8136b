import { refuseCalls } from '#harness/faults/refuse-calls';
import { boundedRetries } from '#harness/invariants/bounded-retries';
import { noDoubleCharge } from '#harness/invariants/no-double-charge';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The payment provider breaks off every initiation for a while, and buyers wait until they can pay. */
export const providerOutage = defineScenario({
  id: 'provider-outage',
  hypothesis: 'A provider that breaks every connection for a while is asked less, and each order goes on afterwards.',
  covers: ['S43', 'S46', 'D20', 'N11'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(2),
    concurrency: exactly(2),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    refuseCalls(
      { id: alipay.id, operation: 'alipay.trade.precreate' },
      { sharePercent: exactly(100), downMs: exactly(5_000) },
      { hitsMin: 2 },
    ),
  ],
  expect: [boundedRetries, noDoubleCharge, noLostCredit],
  settleMsMax: 10_000,
});
