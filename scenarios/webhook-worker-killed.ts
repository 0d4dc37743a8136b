import { during, link } from '#harness/fault';
import { killProcess } from '#harness/faults/kill-process';
import { latency } from '#harness/faults/latency';
import { pauseProcess } from '#harness/faults/pause-process';
import { balanceEqualsLedger } from '#harness/invariants/balance-equals-ledger';
import { noDoubleCredit } from '#harness/invariants/no-double-credit';
import { noLostCredit } from '#harness/invariants/no-lost-credit';
import { between, exactly } from '#harness/range';
import { defineScenario } from '#harness/scenario';
import { topUps } from '#harness/workloads/top-ups';
import { alibabaCloud } from '#mocks/alibaba-cloud/index';
import { alipay } from '#mocks/alipay/index';

/** The process that takes webhooks and writes the ledger dies, or stands still, with many of them in its hands. */
export const webhookWorkerKilled = defineScenario({
  id: 'webhook-worker-killed',
  hypothesis: 'What a killed webhook worker had begun is finished by the next one: no credit is lost, none doubled.',
  covers: ['C11', 'S61', 'S65'],
  providers: [alipay, alibabaCloud],
  workload: topUps({
    payments: exactly(30),
    concurrency: exactly(30),
    amountMinor: between(1_00, 500_00),
    confirms: exactly(0),
  }),
  faults: [
    latency(link('webhook-role', 'postgres'), { latencyMs: between(10, 20) }, { hitsMin: 4 }),
    killProcess(
      during('acknowledgement', 'webhook-role'),
      { sharePercent: exactly(70), times: exactly(2), afterMs: between(0, 60), downMs: between(0, 200) },
      { hitsMin: 1 },
    ),
    pauseProcess(
      during('webhook', 'webhook-role'),
      { sharePercent: exactly(30), times: exactly(1), afterMs: between(0, 40), pauseMs: between(100, 300) },
      { hitsMin: 1 },
    ),
  ],
  expect: [balanceEqualsLedger, noDoubleCredit, noLostCredit],
  settleMsMax: 25_000,
});
