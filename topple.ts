/**
 * What a user's own files import from `topple`: the kinds, and the faults, invariants, workloads and providers that
 * exist. The package's contract: what is exported here is renamed or taken away in a new major version only.
 */

export type { Attachment } from '#harness/attachment';
export type {
  BookedBalance,
  BookedCredit,
  BookedEntry,
  BookedOrder,
  BookedSides,
  BookedTransition,
  Books,
  LedgerView,
  OrderState,
} from '#harness/books';
export { systemClock } from '#harness/clock';
export { defineFault, during, type Fault, link, type PlannedFault } from '#harness/fault';
export { alterAnswer } from '#harness/faults/alter-answer';
export { alterWebhook } from '#harness/faults/alter-webhook';
export { captureShort } from '#harness/faults/capture-short';
export { dropWebhook } from '#harness/faults/drop-webhook';
export { failInside } from '#harness/faults/fail-inside';
export { forgeWebhook } from '#harness/faults/forge-webhook';
export { holdAnswer } from '#harness/faults/hold-answer';
export { killProcess } from '#harness/faults/kill-process';
export { latency } from '#harness/faults/latency';
export { loseAnswer } from '#harness/faults/lose-answer';
export { loseCommitAnswers } from '#harness/faults/lose-commit-answers';
export { misnameTransfer } from '#harness/faults/misname-transfer';
export { pauseProcess } from '#harness/faults/pause-process';
export { providerDown } from '#harness/faults/provider-down';
export { redeliverWebhook } from '#harness/faults/redeliver-webhook';
export { refuseCalls } from '#harness/faults/refuse-calls';
export { restartPostgres } from '#harness/faults/restart-postgres';
export { defineInvariant, type Invariant, type Witness } from '#harness/invariant';
export { acknowledgedWebhooks } from '#harness/invariants/acknowledged-webhooks';
export { appendOnlyLedger } from '#harness/invariants/append-only-ledger';
export { balanceEqualsLedger } from '#harness/invariants/balance-equals-ledger';
export { balancedEntries } from '#harness/invariants/balanced-entries';
export { boundedRetries } from '#harness/invariants/bounded-retries';
export { exactMatch } from '#harness/invariants/exact-match';
export { explainedStates } from '#harness/invariants/explained-states';
export { failClosed } from '#harness/invariants/fail-closed';
export { grantedOnce } from '#harness/invariants/granted-once';
export { legalTransitions } from '#harness/invariants/legal-transitions';
export { noDoubleCharge } from '#harness/invariants/no-double-charge';
export { noDoubleCredit } from '#harness/invariants/no-double-credit';
export { noLostCredit } from '#harness/invariants/no-lost-credit';
export { noOpenTransactions } from '#harness/invariants/no-open-transactions';
export { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
export { oneRequestPerKey } from '#harness/invariants/one-request-per-key';
export { truthfulBalances } from '#harness/invariants/truthful-balances';
export { formatMoney } from '#harness/money';
export { noFaults, type OpenProvider, type Provider } from '#harness/provider';
export { between, exactly, type Range } from '#harness/range';
export { type Route, routesOver } from '#harness/route';
export { defineScenario, type Scenario } from '#harness/scenario';
export { randomFrom } from '#harness/seed';
export { defineTarget, type Target } from '#harness/target';
export { defineWorkload, type Workload } from '#harness/workload';
export { oneWalletTopUps } from '#harness/workloads/one-wallet-top-ups';
export { reusedKeys } from '#harness/workloads/reused-keys';
export { topUps } from '#harness/workloads/top-ups';
export { watchedWallets } from '#harness/workloads/watched-wallets';
export { alibabaCloud } from '#mocks/alibaba-cloud/index';
export { alipay } from '#mocks/alipay/index';
export { bankTransfer } from '#mocks/bank-transfer/index';
export { huaweiCloud } from '#mocks/huawei-cloud/index';
export { standardWebhooks } from '#mocks/standard-webhooks/index';
export { stripe } from '#mocks/stripe/index';
export { tencentCloud } from '#mocks/tencent-cloud/index';
export { wechatPay } from '#mocks/wechat-pay/index';
