import { loseAnswer } from '#harness/faults/lose-answer';
import { noDoubleCharge } from '#harness/invariants/no-double-charge';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The payment provider accepts an order and the answer is lost on the way back. */
export const lostPaymentResponse = defineScenario({
  id: 'lost-payment-response',
  hypothesis: 'An initiation whose answer was lost is taken up again under the same number: one charge, one credit.',
  covers: ['B7', 'D28', 'S6', 'S7', 'P24'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    loseAnswer(
      { id: alipay.id, operation: 'alipay.trade.precreate' },
      { sharePercent: exactly(60), times: between(1, 2) },
      { hitsMin: 5 },
    ),
  ],
  expect: [noDoubleCharge, noDoubleCredit, noLostCredit],
  settleMsMax: 10_000,
});
