import { dropWebhook } from '#harness/faults/drop-webhook';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The notice never comes, but the buyer is back on the page and says that he has paid. */
export const clickInsteadOfWebhook = defineScenario({
  id: 'click-instead-of-webhook',
  hypothesis: "A buyer's click confirms a payment whose webhook was lost, because the provider says that it was paid.",
  covers: ['S21', 'S130'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(1),
  }),
  faults: [dropWebhook(alipay, { sharePercent: exactly(60) }, { hitsMin: 6 })],
  expect: [noUnbackedCredit, noLostCredit, noDoubleCredit],
  settleMsMax: 10_000,
});
