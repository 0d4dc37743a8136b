/** A small run for the tests of the reports: one payment, delivered twice, credited twice, caught by its alert. */
import { redeliverWebhook } from '../faults/redeliver-webhook.ts';
import { History } from '../history.ts';
import { alertNameOf } from '../invariant.ts';
import { invariants } from '../invariants/index.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import { exactly } from '../range.ts';
import { testimonyOf } from '../run/agreement.ts';
import { auditOf } from '../run/audit.ts';
import { planRun } from '../run/plan.ts';
import type { RunResult } from '../run/result.ts';
import { books, credit } from '../run/test-books.ts';
import { verdictOf } from '../run/verdict.ts';
import { defineScenario } from '../scenario.ts';
import { topUps } from '../workloads/top-ups.ts';

const scenario = defineScenario({
  id: 'sample',
  hypothesis: 'Each captured payment is credited once.',
  covers: ['S15'],
  providers: [],
  workload: topUps({ payments: exactly(1), concurrency: exactly(1), amountMinor: exactly(1000), confirms: exactly(0) }),
  faults: [redeliverWebhook({ id: 'alipay' }, { copies: exactly(2), spreadMs: exactly(0) })],
  expect: [noDoubleCredit],
  settleMsMax: 1_000,
});

const delivery = {
  provider: 'alipay',
  reference: 'r1',
  eventId: 'n1',
  sentMs: 150,
  answeredMs: 199,
  status: 200,
  acknowledged: true,
};

/** With `credits` credits of the one payment; the alert fires exactly when there are two. */
export const sampleResult = (credits: 1 | 2): RunResult => {
  const second = credit({ entryId: 'e2', atMs: 302 });
  const found = books(credits === 1 ? {} : { credits: [credit(), second] });
  const reddened = credits === 1 ? [] : [{ atMs: 402, colour: 'red' }];
  const colours = (id: string) => [{ atMs: 0, colour: 'green' }, ...(id === noDoubleCredit.id ? reddened : [])];
  const signals = {
    firings: credits === 1 ? [] : [{ alert: 'NoDoubleCredit', atMs: 402 }],
    watched: new Set(invariants.map(alertNameOf)),
    broken: new Set<string>(),
    colours: new Map(invariants.map(({ id, claim }) => [claim, colours(id)])),
    mended: new Map<string, number>(),
    detectMsMax: 400,
    slowMsMax: new Map<string, number>(),
    toleranceMs: 100,
  };
  const testimonies = invariants.map((invariant) => testimonyOf(auditOf(invariant, found), signals));
  const evidence = [{ what: 'redeliver-webhook hit alipay', count: 1, least: 1 }];
  return {
    request: { scenario, seed: 7, settings: [], ...(credits === 1 ? {} : { variant: 'credit-without-dedup' }) },
    system: {
      id: 'reference-top-up',
      command: 'npm run topple --',
      world: 'embedded',
      versions: { topple: '0.1.0', node: 'v24.0.0' },
    },
    plan: planRun(scenario, 7),
    startedMs: 0,
    verdict: verdictOf(scenario, testimonies, evidence, []),
    testimonies,
    evidence,
    books: found,
    records: [
      {
        provider: 'alipay',
        payments: [],
        grants: [],
        calls: [],
        deliveries: [
          { ...delivery, attempt: 1 },
          { ...delivery, attempt: 0, sentMs: 300 },
        ],
      },
    ],
    history: new History(),
    signals: { openMetrics: '# EOF\n', alerts: [], failedScrapes: [] },
    panels: [],
    faultWindows: [{ fault: 'redeliver-webhook', at: 'alipay', fromMs: 90, untilMs: 500 }],
    logs: { api: 'log line' },
    tookMs: 1_234,
    settledMs: 10,
    detectMsMax: 400,
  };
};
