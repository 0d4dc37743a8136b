import { link } from '#harness/fault';
import { loseCommitAnswers } from '#harness/faults/lose-commit-answers';
import { balanceEqualsLedger } from '#harness/invariants/balance-equals-ledger';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The database commits the credit and its answer vanishes: who wrote it sees an error, and must not write again. */
export const ledgerWriteFails = defineScenario({
  id: 'ledger-write-fails',
  hypothesis: 'A credit that was committed without an answer is not written again, and one that was not is not lost.',
  covers: ['S61', 'S65'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(30),
    concurrency: exactly(30),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    loseCommitAnswers(link('webhook-role', 'postgres'), { times: exactly(3), delayMs: exactly(200) }, { hitsMin: 3 }),
  ],
  expect: [balanceEqualsLedger, noDoubleCredit, noLostCredit],
  settleMsMax: 10_000,
});
