import { fileURLToPath } from 'node:url';
import { link } from '#harness/fault';
import { redeliverWebhook } from '#harness/faults/redeliver-webhook';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { k6Load } from '#harness/k6/workloads';
import { defineLoad } from '#harness/load';
import { between, exactly } from '#harness/range';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The payment provider is away while orders keep coming, and every notice comes more than once. */
export const retryStorm = defineLoad({
  id: 'retry-storm',
  hypothesis:
    'While the payment provider is away the system does not storm it, and afterwards every order is paid once.',
  covers: ['S43', 'S46', 'S47', 'INV16'],
  script: fileURLToPath(new URL('./retry-storm.k6.ts', import.meta.url)),
  providers: [alipay, alibabaCloud],
  workload: k6Load({ seconds: exactly(24), ordersPerSecond: exactly(10) }),
  faults: [redeliverWebhook(alipay, { copies: between(2, 3), spreadMs: between(0, 200) }, { hitsMin: 10 })],
  outage: { at: link('service', 'alipay'), fromPercent: 35, untilPercent: 60 },
  expect: [noDoubleCredit, noLostCredit, noUnbackedCredit],
  settleMsMax: 15_000,
});
