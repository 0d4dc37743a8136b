import { link } from '#harness/fault';
import { latency } from '#harness/faults/latency';
import { noDoubleCharge } from '#harness/invariants/no-double-charge';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { oneRequestPerKey } from '#harness/invariants/one-request-per-key';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { reusedKeys } from '#harness/workloads/reused-keys';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** API clients ask for several amounts under one idempotency key. */
export const keyReused = defineScenario({
  id: 'key-reused',
  hypothesis: 'Of requests for different amounts under one key the first is accepted, and all others are refused.',
  covers: ['B5', 'B23', 'S2'],
  providers: [alipay, alibabaCloud],
  workload: reusedKeys({
    payments: exactly(16),
    concurrency: exactly(16),
    amountMinor: between(1_00, 500_00),
    otherAmounts: exactly(2),
  }),
  faults: [latency(link('api-role', 'postgres'), { latencyMs: between(3, 8) }, { hitsMin: 4 })],
  expect: [oneRequestPerKey, noDoubleCharge, noLostCredit],
  settleMsMax: 10_000,
});
