import { captureShort } from '#harness/faults/capture-short';
import { exactMatch } from '#harness/invariants/exact-match';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** An order says 100, the provider reports 98. */
export const amountMismatch = defineScenario({
  id: 'amount-mismatch',
  hypothesis: 'A payment of 98 for an order of 100 credits nothing and puts the order on hold; the others go through.',
  covers: ['A19', 'C4', 'C8', 'S32', 'P14'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: exactly(100_00),
    confirms: exactly(0),
  }),
  faults: [captureShort(alipay, { sharePercent: exactly(40), shortPercent: exactly(2) }, { hitsMin: 3 })],
  creditedMin: 5,
  expect: [exactMatch, noDoubleCredit, noLostCredit],
  settleMsMax: 10_000,
});
