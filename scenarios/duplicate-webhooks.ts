import { redeliverWebhook } from '#harness/faults/redeliver-webhook';
import { appendOnlyLedger } from '#harness/invariants/append-only-ledger';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The provider retries paid notices that the top-up service has already answered, some of them at the same instant. */
export const duplicateWebhooks = defineScenario({
  id: 'duplicate-webhooks',
  hypothesis: 'Each captured payment is credited once, although its notice arrives 2 to 5 times.',
  covers: ['C9', 'C11', 'S15', 'S16', 'P4', 'P12'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(20),
    concurrency: exactly(20),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [redeliverWebhook(alipay, { copies: between(2, 5), spreadMs: between(0, 200) }, { hitsMin: 15 })],
  expect: [appendOnlyLedger, noDoubleCredit, noLostCredit, noUnbackedCredit],
  settleMsMax: 10_000,
});
