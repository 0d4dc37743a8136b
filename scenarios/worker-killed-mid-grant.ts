import { during } from '#harness/fault';
import { killProcess } from '#harness/faults/kill-process';
import { grantedOnce } from '#harness/invariants/granted-once';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The worker dies after the cloud took the grant and before it could write that down; whoever comes next must ask. */
export const workerKilledMidGrant = defineScenario({
  id: 'worker-killed-mid-grant',
  hypothesis: 'A grant whose worker was killed before it had the answer is made once, and is finished by the next one.',
  covers: ['E2', 'E3', 'S68', 'S86'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    killProcess(
      during('ChangeResellerConsumeAmount', 'grant-role'),
      { sharePercent: exactly(40), times: exactly(2), afterMs: exactly(0), downMs: between(0, 200) },
      { hitsMin: 1 },
    ),
  ],
  expect: [grantedOnce, noLostCredit],
  settleMsMax: 15_000,
});
