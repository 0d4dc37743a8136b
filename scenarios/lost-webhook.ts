import { dropWebhook } from '#harness/faults/drop-webhook';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The money is taken and the notice about it never arrives. */
export const lostWebhook = defineScenario({
  id: 'lost-webhook',
  hypothesis: 'A payment whose webhook was lost is found by reconciliation and credited once.',
  covers: ['G3', 'G10', 'S21', 'S91', 'P13'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [dropWebhook(alipay, { sharePercent: exactly(50) }, { hitsMin: 5 })],
  expect: [noLostCredit, noDoubleCredit],
  settleMsMax: 10_000,
});
