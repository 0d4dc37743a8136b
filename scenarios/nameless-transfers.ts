import { captureShort } from '#harness/faults/capture-short';
import { misnameTransfer } from '#harness/faults/misname-transfer';
import { exactMatch } from '#harness/invariants/exact-match';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { noUnbackedCredit } from '#harness/invariants/no-unbacked-credit';
import { exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { bankTransfer } from '#mocks/bank-transfer/index';

/** People transfer money and leave the reference out, mistype it, or send less than they were asked for. */
export const namelessTransfers = defineScenario({
  id: 'nameless-transfers',
  hypothesis: 'Money that names no order is credited to nobody and kept for its owner; the other orders go through.',
  covers: ['Q21', 'S54'],
  providers: [bankTransfer, alibabaCloud],
  workload: topUps({
    payments: exactly(24),
    concurrency: exactly(24),
    amountMinor: exactly(100_00),
    confirms: exactly(0),
  }),
  faults: [
    misnameTransfer(bankTransfer, { sharePercent: exactly(40) }, { hitsMin: 3 }),
    captureShort(bankTransfer, { sharePercent: exactly(40), shortPercent: exactly(50) }),
  ],
  creditedMin: 3,
  expect: [noUnbackedCredit, noLostCredit, exactMatch, noDoubleCredit],
  settleMsMax: 15_000,
});
