/** A small run for the tests of the reports: one payment, delivered twice, credited twice, caught by its alert. */
import { redeliverWebhook } from '../faults/redeliver-webhook.ts';
import { History } from '../history.ts';
import { alertNameOf } from '../invariant.ts';
import { invariants } from '../invariants/index.ts';
import { noDoubleCredit } from '../invariants/no-double-credit.ts';
import type { PanelView } from '../observe/panel-view.ts';
import { exactly } from '../range.ts';
import { testimonyOf } from '../run/agreement.ts';
import { auditOf } from '../run/audit.ts';
import { planRun } from '../run/plan.ts';
import type { RunResult } from '../run/result.ts';
import { books, credit, order } from '../run/test-books.ts';
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

const call = { provider: 'alipay', reference: 'r1', nth: 1 };

const history = new History();
history.add({
  kind: 'create-order',
  ordinal: 0,
  invokedMs: 90,
  completedMs: 98,
  outcome: 'ok',
  status: 201,
  subject: 'o1',
});

/** The panel of the promise, red from 402 ms on when credited twice, one with lines, and one that never moves. */
const panelsWith = (credits: number): readonly PanelView[] => {
  const momentsMs = [100, 200, 302, 402, 502];
  const line = (legend: string, valueAt: (index: number) => number | null) => ({
    legend,
    points: momentsMs.map((atMs, index) => ({ atMs, value: valueAt(index) })),
  });
  const lines = { kind: 'timeseries', unit: 'cps', queries: [], steps: [], noDataColour: '' } as const;
  const steps = [
    { fromValue: Number.NEGATIVE_INFINITY, colour: 'green' },
    { fromValue: 1e-6, colour: 'red' },
  ];
  const promise = { ...lines, kind: 'stat', unit: 'suffix:payments', steps, noDataColour: 'orange' } as const;
  const rates = [
    line('credited', (index) => index),
    line('error', () => 0),
    line('late', (index) => (index > 3 ? 1 : null)),
  ];
  return [
    {
      panel: { ...promise, id: 1, title: noDoubleCredit.claim, description: 'Red above 0.' },
      lines: [line(noDoubleCredit.claim, (index) => (index < 3 ? 0 : credits - 1))],
    },
    { panel: { ...lines, id: 2, title: 'Credits', description: 'Credits.\n\n- rise: good' }, lines: rates },
    { panel: { ...lines, id: 3, title: 'Stuck', description: 'Nothing moves.' }, lines: [line('stuck', () => 0)] },
    { panel: { ...lines, id: 4, title: 'Unseen', description: 'Nothing to see.' }, lines: [] },
  ];
};

/** With `credits` credits of the one payment; the alert fires exactly when there are two. */
export const sampleResult = (credits: 1 | 2): RunResult => {
  const second = credit({ entryId: 'e2', atMs: 302 });
  const found = books({
    orders: [order({ state: 'CREDITED' })],
    ...(credits === 1 ? {} : { credits: [credit(), second] }),
  });
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
    agesMs: new Map<string, number>(),
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
    startedMs: 50,
    verdict: verdictOf(scenario, testimonies, evidence, []),
    testimonies,
    evidence,
    books: found,
    records: [
      {
        provider: 'alipay',
        payments: [],
        grants: [],
        calls: [
          { ...call, operation: 'alipay.trade.precreate', startedMs: 95, outcome: 200 },
          { ...call, operation: 'alipay.trade.query', startedMs: 120, outcome: 'afterEffect' },
        ],
        deliveries: [
          { ...delivery, attempt: 1 },
          { ...delivery, attempt: 0, sentMs: 300 },
        ],
      },
    ],
    history,
    signals: { openMetrics: '# EOF\n', alerts: [], failedScrapes: [] },
    panels: panelsWith(credits),
    linkHits: [],
    faultWindows: [{ fault: 'redeliver-webhook', at: 'alipay', faultIndex: 0, fromMs: 90, untilMs: 500 }],
    logs: { api: 'log line' },
    tookMs: 1_234,
    settledMs: 10,
  };
};
