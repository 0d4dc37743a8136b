import { failInside } from '#harness/faults/fail-inside';
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

/** Each cloud answers HTTP 200, and inside of it that it has not granted. */
export const failuresInside = defineScenario({
  id: 'failures-inside',
  hypothesis: 'An HTTP 200 with a failure inside is no grant, so every cloud grants once in the end.',
  covers: ['E2', 'E3'],
  providers: [stripe, ...clouds],
  routes,
  workload: topUps({
    payments: exactly(30),
    concurrency: exactly(30),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: routes.map(({ cloud, grantBy }) =>
    failInside(
      { id: cloud, ...(grantBy && { operation: grantBy }) },
      { sharePercent: exactly(80), times: between(1, 2) },
      { hitsMin: 1 },
    ),
  ),
  expect: [grantedOnce, noLostCredit],
  settleMsMax: 15_000,
});
