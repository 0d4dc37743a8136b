import { alterWebhook } from '#harness/faults/alter-webhook';
import { failClosed } from '#harness/invariants/fail-closed';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { wechatPay } from '#mocks/wechat-pay/index';

/** Bits are turned under the seal of WeChat Pay's notices, which only the seal's tag and the signature tell. */
export const alteredSealedWebhooks = defineScenario({
  id: 'altered-sealed-webhooks',
  hypothesis: 'A sealed webhook in which bits were turned changes nothing, and the real one is credited as ever.',
  covers: ['S29', 'P9'],
  providers: [wechatPay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    alterWebhook(
      wechatPay,
      { sharePercent: exactly(75), copies: between(1, 3), spreadMs: between(0, 300) },
      { hitsMin: 12 },
    ),
  ],
  expect: [failClosed, noUnbackedCredit, noLostCredit],
  settleMsMax: 10_000,
});
