import { link } from '#harness/fault';
import { latency } from '#harness/faults/latency';
import { balanceEqualsLedger } from '#harness/invariants/balance-equals-ledger';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { truthfulBalances } from '#harness/invariants/truthful-balances';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { watchedWallets } from '#harness/workloads/watched-wallets';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** Customers watch a balance while several payments to it come in. */
export const watchedBalance = defineScenario({
  id: 'watched-balance',
  hypothesis: 'Whoever watches a balance while money comes in sees it grow, and what he was told of is there.',
  covers: ['A12', 'B25', 'P5'],
  providers: [alipay, alibabaCloud],
  workload: watchedWallets({
    wallets: exactly(4),
    orders: exactly(4),
    amountMinor: between(1_00, 500_00),
    looks: exactly(60),
  }),
  faults: [latency(link('webhook-role', 'postgres'), { latencyMs: between(3, 8) }, { hitsMin: 4 })],
  overlaps: [{ between: ['read-wallet', 'webhook'], on: 'wallet', ordersMin: 4 }],
  expect: [truthfulBalances, balanceEqualsLedger, noLostCredit],
  settleMsMax: 10_000,
});
