import { loseAnswer } from '#harness/faults/lose-answer';
import { grantedOnce } from '#harness/invariants/granted-once';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { routesOver } from '#harness/route';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { huaweiCloud } from '#mocks/huawei-cloud/index';
import { stripe } from '#mocks/stripe/index';
import { tencentCloud } from '#mocks/tencent-cloud/index';

const clouds = [alibabaCloud, huaweiCloud, tencentCloud];
const routes = routesOver([stripe], clouds);

/** Each cloud grants and its answer is lost; what may be done about it is different at each of them. */
export const lostAnswersEverywhere = defineScenario({
  id: 'lost-answers-everywhere',
  hypothesis: 'A grant whose answer was lost is made up for as its cloud allows, so that every cloud grants once.',
  covers: ['E2', 'E3', 'S68', 'S86', 'S90'],
  providers: [stripe, ...clouds],
  routes,
  workload: topUps({
    payments: exactly(30),
    concurrency: exactly(30),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: routes.map(({ cloud, grantBy }) =>
    loseAnswer(
      { id: cloud, ...(grantBy && { operation: grantBy }) },
      { sharePercent: exactly(70), times: between(1, 2) },
      { hitsMin: 1 },
    ),
  ),
  expect: [grantedOnce, noLostCredit],
  settleMsMax: 15_000,
});
