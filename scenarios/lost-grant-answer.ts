import { loseAnswer } from '#harness/faults/lose-answer';
import { grantedOnce } from '#harness/invariants/granted-once';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The cloud grants the credit and the answer is lost: nobody here knows whether it was done. */
export const lostGrantAnswer = defineScenario({
  id: 'lost-grant-answer',
  hypothesis: 'A grant whose answer was lost is looked up before it is tried again, so the cloud grants once.',
  covers: ['E2', 'E3', 'S68', 'S86', 'S90'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    loseAnswer(
      { id: alibabaCloud.id, operation: 'ChangeResellerConsumeAmount' },
      { sharePercent: exactly(50), times: between(1, 2) },
      { hitsMin: 5 },
    ),
  ],
  expect: [grantedOnce, noLostCredit],
  settleMsMax: 10_000,
});
