import { during } from '#harness/fault';
import { restartPostgres } from '#harness/faults/restart-postgres';
import { appendOnlyLedger } from '#harness/invariants/append-only-ledger';
import { balanceEqualsLedger } from '#harness/invariants/balance-equals-ledger';
import { noDoubleCharge } from '#harness/invariants/no-double-charge';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The database server crashes under the whole system, and comes back with what had been committed. */
export const databaseRestarts = defineScenario({
  id: 'database-restarts',
  hypothesis: 'After each crash of the database every role connects again, and goes on where the ledger stands.',
  covers: ['S61', 'S65'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(30),
    concurrency: exactly(10),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    restartPostgres(
      during('webhook', 'postgres'),
      { sharePercent: exactly(40), times: exactly(2), afterMs: between(0, 30), downMs: between(0, 200) },
      { hitsMin: 1 },
    ),
  ],
  expect: [appendOnlyLedger, balanceEqualsLedger, noDoubleCharge, noDoubleCredit, noLostCredit],
  settleMsMax: 15_000,
});
