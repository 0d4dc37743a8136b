import { link } from '#harness/fault';
import { latency } from '#harness/faults/latency';
import { appendOnlyLedger } from '#harness/invariants/append-only-ledger';
import { balanceEqualsLedger } from '#harness/invariants/balance-equals-ledger';
import { noDoubleCharge } from '#harness/invariants/no-double-charge';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { oneWalletTopUps } from '#harness/workloads/one-wallet-top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** One customer tops up a wallet from many places at once, and double-clicks on the last of them. */
export const concurrentTopUps = defineScenario({
  id: 'concurrent-top-ups',
  hypothesis: 'Sixteen orders of a wallet, paid at once, raise it by their sum; sixteen equal requests make one order.',
  covers: ['B4', 'B25', 'S3', 'S4', 'P5'],
  providers: [alipay, alibabaCloud],
  workload: oneWalletTopUps({
    wallets: exactly(2),
    orders: exactly(16),
    sameKeyRequests: exactly(16),
    amountMinor: between(1_00, 500_00),
  }),
  faults: [latency(link('webhook-role', 'postgres'), { latencyMs: between(3, 8) }, { hitsMin: 4 })],
  overlaps: [
    { between: ['webhook', 'webhook'], on: 'wallet', ordersMin: 5 },
    { between: ['create-order', 'create-order'], on: 'order', ordersMin: 2 },
  ],
  expect: [appendOnlyLedger, balanceEqualsLedger, noDoubleCharge, noLostCredit],
  settleMsMax: 10_000,
});
