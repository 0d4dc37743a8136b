import {
  alibabaCloud,
  alipay,
  between,
  defineScenario,
  exactly,
  noDoubleCredit,
  noLostCredit,
  redeliverWebhook,
  topUps,
} from 'topple';
import { oneCreditPerOrder } from './one-credit-per-order.mts';

/** The buyer taps "I have paid" three times while the provider repeats its notice. */
export const tripleTap = defineScenario({
  id: 'triple-tap',
  hypothesis: 'Each payment is credited once, although its buyer confirms it three times and its notice comes thrice.',
  covers: ['our own story 1'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(10),
    concurrency: exactly(10),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(3),
  }),
  faults: [redeliverWebhook(alipay, { copies: exactly(3), spreadMs: between(0, 50) }, { hitsMin: 8 })],
  expect: [noDoubleCredit, noLostCredit, oneCreditPerOrder],
  settleMsMax: 10_000,
});
