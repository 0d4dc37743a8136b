import { forgeWebhook } from '#harness/faults/forge-webhook';
import { failClosed } from '#harness/invariants/fail-closed';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** Strangers tell of payments, before the buyers have paid and beside the real notices. */
export const forgedWebhooks = defineScenario({
  id: 'forged-webhooks',
  hypothesis: 'Webhooks that the provider never sent to us change nothing, and the real ones are credited as ever.',
  covers: ['S29', 'S30', 'P9'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    forgeWebhook(
      alipay,
      { sharePercent: exactly(75), copies: between(1, 3), spreadMs: between(0, 300) },
      { hitsMin: 12 },
    ),
  ],
  overlaps: [{ between: ['webhook', 'forged-webhook'], on: 'order', ordersMin: 3 }],
  expect: [failClosed, noUnbackedCredit, noLostCredit, noDoubleCredit],
  settleMsMax: 10_000,
});
