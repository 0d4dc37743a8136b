import { fileURLToPath } from 'node:url';
import { link } from '#harness/fault';
import { latency } from '#harness/faults/latency';
import { redeliverWebhook } from '#harness/faults/redeliver-webhook';
import { balanceEqualsLedger } from '#harness/invariants/balance-equals-ledger';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { k6Load } from '#harness/k6/workloads';
import { defineLoad } from '#harness/load';
import { between, exactly } from '#harness/range';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** A sale opens, the same few buyers come again and again, and the database is slow. */
export const flashSale = defineLoad({
  id: 'flash-sale',
  hypothesis:
    'At the peak of a sale no payment is lost or credited twice, and every wallet shows what was posted to it.',
  covers: ['S55', 'S121'],
  script: fileURLToPath(new URL('./flash-sale.k6.ts', import.meta.url)),
  providers: [alipay, alibabaCloud],
  workload: k6Load({ seconds: exactly(20), ordersPerSecond: exactly(20) }),
  faults: [
    redeliverWebhook(alipay, { copies: between(2, 3), spreadMs: between(0, 100) }, { hitsMin: 10 }),
    latency(link('webhook-role', 'postgres'), { latencyMs: between(2, 5) }, { hitsMin: 4 }),
  ],
  expect: [balanceEqualsLedger, noDoubleCredit, noLostCredit],
  settleMsMax: 15_000,
});
