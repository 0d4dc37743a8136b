import { dropWebhook } from '#harness/faults/drop-webhook';
import { redeliverWebhook } from '#harness/faults/redeliver-webhook';
import { exactMatch } from '#harness/invariants/exact-match';
import { grantedOnce } from '#harness/invariants/granted-once';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { between, exactly } from '#harness/range';
import { routesOver } from '#harness/route';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';
import { bankTransfer } from '#mocks/bank-transfer/index';
import { huaweiCloud } from '#mocks/huawei-cloud/index';
import { standardWebhooks } from '#mocks/standard-webhooks/index';
import { stripe } from '#mocks/stripe/index';
import { tencentCloud } from '#mocks/tencent-cloud/index';
import { wechatPay } from '#mocks/wechat-pay/index';

const payments = [alipay, bankTransfer, standardWebhooks, stripe, wechatPay];
const clouds = [alibabaCloud, huaweiCloud, tencentCloud];

/** Buyers pay by each payment provider for credit at each cloud; some notices of each come twice, some never. */
export const everyPair = defineScenario({
  id: 'every-pair',
  hypothesis: 'A top-up is credited and granted once, whoever takes the payment and whichever cloud grants.',
  covers: ['C1', 'D1'],
  providers: [...payments, ...clouds],
  routes: routesOver(payments, clouds),
  workload: topUps({
    payments: exactly(50),
    concurrency: exactly(50),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: payments.flatMap((payment) => [
    redeliverWebhook(payment, { copies: exactly(2), spreadMs: between(0, 200) }, { hitsMin: 1 }),
    dropWebhook(payment, { sharePercent: exactly(50) }, { hitsMin: 1 }),
  ]),
  expect: [noDoubleCredit, noLostCredit, noUnbackedCredit, exactMatch, grantedOnce],
  settleMsMax: 15_000,
});
