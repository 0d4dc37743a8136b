import { alterAnswer } from '#harness/faults/alter-answer';
import { captureShort } from '#harness/faults/capture-short';
import { dropWebhook } from '#harness/faults/drop-webhook';
import { exactMatch } from '#harness/invariants/exact-match';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** 98 were paid for an order of 100, and the answer that tells of it says 100 when it reaches us. */
export const alteredAnswers = defineScenario({
  id: 'altered-answers',
  hypothesis: 'An answer in which the amount was changed on its way confirms nothing, whoever asked for it.',
  covers: ['S29', 'S32', 'P9'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: exactly(100_00),
    confirms: exactly(1),
  }),
  faults: [
    captureShort(alipay, { sharePercent: exactly(60), shortPercent: exactly(2) }, { hitsMin: 6 }),
    dropWebhook(alipay, { sharePercent: exactly(100) }, { hitsMin: 12 }),
    // One answer about each: who asks another time hears what was really paid. A slow buyer's click asks second.
    alterAnswer(
      { id: alipay.id, operation: 'alipay.trade.query' },
      { sharePercent: exactly(100), amongFirst: exactly(2) },
      { hitsMin: 3 },
    ),
  ],
  creditedMin: 3,
  expect: [exactMatch, noUnbackedCredit, noLostCredit],
  settleMsMax: 10_000,
});
