import { describe, expect, test } from 'vitest';
import { during, link, type PlannedFault } from '../fault.ts';
import { alterAnswer } from '../faults/alter-answer.ts';
import { alterWebhook } from '../faults/alter-webhook.ts';
import { captureShort } from '../faults/capture-short.ts';
import { dropWebhook } from '../faults/drop-webhook.ts';
import { failInside } from '../faults/fail-inside.ts';
import { forgeWebhook } from '../faults/forge-webhook.ts';
import { holdAnswer } from '../faults/hold-answer.ts';
import { killProcess } from '../faults/kill-process.ts';
import { latency } from '../faults/latency.ts';
import { loseAnswer } from '../faults/lose-answer.ts';
import { misnameTransfer } from '../faults/misname-transfer.ts';
import { providerDown } from '../faults/provider-down.ts';
import { redeliverWebhook } from '../faults/redeliver-webhook.ts';
import { refuseCalls } from '../faults/refuse-calls.ts';
import { restartPostgres } from '../faults/restart-postgres.ts';
import type { Forgery } from '../provider.ts';
import { between, exactly } from '../range.ts';
import { randomFrom } from '../seed.ts';
import { armFaults, type PlannedStrike, strikesDatabase } from './fault-sites.ts';
import { payment } from './test-books.ts';

const alipay = { id: 'alipay' };
const arm = (...faults: PlannedFault[]) => armFaults(faults, randomFrom(1));
const references = Array.from({ length: 50 }, (_, index) => `r${index}`);

test('copies are as many as drawn, within the spread, and each webhook is one hit', () => {
  const fault = redeliverWebhook(alipay, { copies: between(2, 5), spreadMs: exactly(400) });
  const sites = arm(fault);
  const site = sites.siteOf('alipay');
  const copies = references.map((reference) => site.onWebhook({ reference, eventId: reference }).copiesAfterMs);
  expect(new Set(copies.map((times) => times.length))).toEqual(new Set([1, 2, 3, 4]));
  expect(copies.flat().every((afterMs) => afterMs >= 0 && afterMs <= 400)).toBe(true);
  expect(sites.decidedBy(fault).size).toBe(50);
});

test('the decisions depend on the seed and the order of arrival alone', () => {
  const fates = (seed: number) => {
    const fault = dropWebhook(alipay, { sharePercent: exactly(50) });
    const site = armFaults([fault], randomFrom(seed)).siteOf('alipay');
    return references.map((reference) => site.onWebhook({ reference, eventId: reference }).lost);
  };
  expect(fates(1)).toEqual(fates(1));
  expect(fates(1)).not.toEqual(fates(2));
  expect(new Set(fates(1))).toEqual(new Set([true, false]));
});

test('an answer is lost for the first calls of a chosen reference, at the planned operation only', () => {
  const fault = loseAnswer({ ...alipay, operation: 'precreate' }, { sharePercent: exactly(100), times: exactly(2) });
  const sites = arm(fault);
  const call = (operation: string, nth: number) =>
    sites.siteOf('alipay').onCall({ operation, reference: 'r', nth, sinceFirstMs: 0 });
  expect([1, 2, 3].map((nth) => call('precreate', nth))).toEqual(['afterEffect', 'afterEffect', 'answer']);
  expect(call('query', 1)).toBe('answer');
  expect([...sites.decidedBy(fault)]).toEqual(['r']);
});

test('a call fails inside of an answer that looks well, undone, and counts when it was met', () => {
  const fault = failInside({ ...alipay, operation: 'grant' }, { sharePercent: exactly(100), times: exactly(1) });
  const call = (operation: string, nth: number) =>
    arm(fault).siteOf('alipay').onCall({ operation, reference: 'r', nth, sinceFirstMs: 0 });
  const failed = { how: 'spoil', spoil: 'failed-inside', isDone: false };
  expect([call('grant', 1), call('grant', 2), call('query', 1)]).toEqual([failed, 'answer', 'answer']);
  const done = { provider: 'alipay', operation: 'grant', reference: 'r', startedMs: 0, outcome: 200 } as const;
  const calls = [
    { ...done, nth: 1, misdeed: 'failed-inside' },
    { ...done, nth: 2 },
  ];
  const records = { payments: [], grants: [], deliveries: [], calls };
  expect(failInside.hits?.(records, new Set(), { id: 'alipay', operation: 'grant' })).toBe(1);
  expect(failInside.hits?.(records, new Set(), { id: 'alipay', operation: 'query' })).toBe(0);
});

test('one of the first answers about a chosen reference is altered, and counts where it was met', () => {
  const site = arm(alterAnswer(alipay, { sharePercent: exactly(50), amongFirst: exactly(3) })).siteOf('alipay');
  const altered = { how: 'spoil', spoil: 'told-as-ordered', isDone: true };
  const places = references.map((reference) => {
    const fates = [1, 2, 3, 4].map((nth) => site.onCall({ operation: 'query', reference, nth, sinceFirstMs: 0 }));
    expect(fates.filter((fate) => fate !== 'answer')).toEqual(fates.some((fate) => fate !== 'answer') ? [altered] : []);
    return fates.findIndex((fate) => fate !== 'answer');
  });
  expect(new Set(places)).toEqual(new Set([-1, 0, 1, 2]));
  const done = { provider: 'alipay', operation: 'query', reference: 'r', startedMs: 0, outcome: 200 } as const;
  const calls = [
    { ...done, nth: 1, misdeed: 'told-as-ordered' },
    { ...done, nth: 2 },
    { ...done, nth: 3, misdeed: 'slow' },
  ];
  const records = { payments: [], grants: [], deliveries: [], calls };
  const hits = ['query', 'precreate'].map((operation) =>
    alterAnswer.hits?.(records, new Set(), { id: 'alipay', operation }),
  );
  expect(hits).toEqual([1, 0]);
});

test('a reference meets the same fate at every call', () => {
  const fault = loseAnswer(alipay, { sharePercent: exactly(50), times: exactly(10) });
  const site = arm(fault).siteOf('alipay');
  for (const reference of references) {
    const fates = [1, 2, 3].map((nth) => site.onCall({ operation: 'any', reference, nth, sinceFirstMs: 0 }));
    expect(new Set(fates).size).toBe(1);
  }
});

test.each([
  { asked: 10_000n, captured: 9_800n },
  { asked: 7n, captured: 6n },
])('a short capture of $asked takes $captured', ({ asked, captured }) => {
  const fault = captureShort(alipay, { sharePercent: exactly(100), shortPercent: exactly(2) });
  const site = arm(fault).siteOf('alipay');
  expect(site.onCapture({ reference: 'r', amountMinor: asked, currency: 'CNY' })).toBe(captured);
});

test('a transfer is misnamed at the share that was asked for, and its hits are payments without a name', () => {
  const bank = { id: 'bank-transfer' };
  const fault = misnameTransfer(bank, { sharePercent: exactly(50) });
  const sites = arm(fault);
  const site = sites.siteOf(bank.id);
  const misnamings = references.map((reference) => site.onTransfer?.({ reference }));
  expect(new Set(misnamings)).toEqual(new Set([undefined, 'unnamed', 'mistyped']));
  const decided = sites.decidedBy(fault);
  const records = { grants: [], calls: [], deliveries: [] };
  expect(decided.size).toBe(misnamings.filter((one) => one !== undefined).length);
  const payments = [...decided].map((id) => payment({ id, reference: '' }));
  expect(fault.fault.hits?.({ ...records, payments }, decided, bank)).toBe(decided.size);
  expect(fault.fault.hits?.({ ...records, payments: [payment()] }, decided, bank)).toBe(0);
});

test('a toxic is planned on its link with drawn attributes', () => {
  const fault = latency(link('api', 'postgres'), { latencyMs: exactly(7) });
  const toxic = { type: 'latency', stream: 'downstream', attributes: { latency: 7, jitter: 0 } };
  expect(arm(fault).toxics).toEqual([{ planned: fault, link: 'api-postgres', name: 'latency-0', toxic }]);
});

test('a call is refused until its time since the first call for the reference is over', () => {
  const fault = refuseCalls({ ...alipay, operation: 'precreate' }, { sharePercent: exactly(100), downMs: exactly(50) });
  const site = arm(fault).siteOf('alipay');
  const call = (sinceFirstMs: number) => site.onCall({ operation: 'precreate', reference: 'r', nth: 2, sinceFirstMs });
  expect([0, 49, 50, 5_000].map(call)).toEqual(['before', 'before', 'answer', 'answer']);
});

test('a fault with a time of its own has its toxic then, whatever the fault says', () => {
  const timed = { afterMs: 7, lengthMs: 8 };
  const slow = { ...latency(link('api-role', 'postgres'), { latencyMs: exactly(5) }), during: timed };
  const down = {
    ...providerDown(link('service', 'alipay'), { afterMs: exactly(1), downMs: exactly(2) }),
    during: timed,
  };
  expect(arm(slow, down).toxics.map(({ window }) => window)).toEqual([timed, timed]);
});

test('a toxic with a window draws both from the same values', () => {
  const fault = providerDown(link('service', 'alipay'), { afterMs: between(5, 500), downMs: exactly(30) });
  const [first, second] = [arm(fault).toxics[0], arm(fault).toxics[0]];
  expect(first).toMatchObject({ link: 'service-alipay', toxic: { type: 'reset_peer', stream: 'upstream' } });
  expect(first?.window?.lengthMs).toBe(30);
  expect(first?.window).toEqual(second?.window);
});

test('two faults at one provider act together, and none acts once disarmed or elsewhere', () => {
  const drop = dropWebhook(alipay, { sharePercent: exactly(100) });
  const copy = redeliverWebhook(alipay, { copies: exactly(2), spreadMs: exactly(0) });
  const sites = arm(drop, copy);
  const point = { reference: 'r', eventId: 'e' };
  expect(sites.siteOf('alipay').onWebhook(point)).toEqual({ lost: true, copiesAfterMs: [0] });
  expect(sites.siteOf('stripe').onWebhook(point)).toEqual({ lost: false, copiesAfterMs: [] });
  sites.disarm();
  expect(sites.siteOf('alipay').onWebhook(point)).toEqual({ lost: false, copiesAfterMs: [] });
  expect([sites.decidedBy(drop).size, sites.decidedBy(copy).size]).toEqual([1, 1]);
});

test('forged webhooks are as many as drawn, of every kind, and leave some orders alone', () => {
  const fault = forgeWebhook(alipay, { sharePercent: exactly(60), copies: between(1, 3), spreadMs: exactly(300) });
  const sites = arm(fault);
  const forged = references.map((reference) => sites.siteOf('alipay').onOrder({ reference }));
  expect(new Set(forged.map(({ length }) => length))).toEqual(new Set([0, 1, 2, 3]));
  expect(new Set(forged.flat().map(({ forgery, since }) => `${forgery} ${since}`)).size).toBe(10);
  expect(forged.flat().every(({ afterMs }) => afterMs >= 0 && afterMs <= 300)).toBe(true);
  sites.disarm();
  expect(sites.siteOf('alipay').onOrder({ reference: 'r0' })).toEqual([]);
});

test('altered webhooks are about what was paid, and are hits only where they arrived', () => {
  const fault = alterWebhook(alipay, { sharePercent: exactly(60), copies: between(1, 3), spreadMs: exactly(300) });
  const sites = arm(fault);
  const altered = references.flatMap((reference) => sites.siteOf('alipay').onOrder({ reference }));
  expect(new Set(altered.map(({ forgery, since }) => `${forgery} ${since}`))).toEqual(
    new Set(['changed amount paid', 'changed order paid']),
  );
  const delivery = { provider: 'alipay', eventId: 'n', attempt: 1, sentMs: 1, status: 401 };
  const forged = (forgery: Forgery, status: number) => ({ ...delivery, status, forged: { forgery, paymentId: 'p' } });
  const deliveries = [delivery, forged('changed amount', 401), forged('changed order', 0), forged('unsigned', 401)].map(
    (one) => ({ ...one, reference: 'r', answeredMs: 2, acknowledged: false }),
  );
  const hits = alterWebhook.hits?.({ payments: [], grants: [], calls: [], deliveries }, new Set(), alipay);
  expect(hits).toBe(1);
});

test('a held answer is a hit only when it left after its webhook was acknowledged', () => {
  const call = { provider: 'alipay', operation: 'precreate', nth: 1, startedMs: 0, outcome: 200 };
  const delivery = { provider: 'alipay', eventId: 'n', attempt: 1, sentMs: 1, status: 200 };
  const hits = holdAnswer.hits?.(
    {
      payments: [],
      grants: [],
      calls: [
        { ...call, reference: 'held', answeredMs: 9 },
        { ...call, reference: 'gave-up', answeredMs: 9 },
        { ...call, reference: 'refused', answeredMs: 9 },
        { ...call, reference: 'not-held' },
      ],
      deliveries: [
        { ...delivery, reference: 'held', answeredMs: 9, acknowledged: true },
        { ...delivery, reference: 'gave-up', answeredMs: 12, acknowledged: true },
        { ...delivery, reference: 'refused', answeredMs: 5, acknowledged: false },
        { ...delivery, reference: 'not-held', answeredMs: 5, acknowledged: true },
      ],
    },
    new Set(),
    alipay,
  );
  expect(hits).toBe(1);
});

describe('strikes', () => {
  const moment = (operation: string, reference: string, nth = 1) => ({ operation, reference, nth });
  const killed = (sharePercent: number, operation = 'webhook') =>
    killProcess(during(operation, 'webhook-role'), {
      sharePercent: exactly(sharePercent),
      times: exactly(3),
      afterMs: between(0, 500),
      downMs: between(0, 90),
    });
  /** What is decided at these moments, told by whichever provider. */
  const decided = (fault: PlannedFault, moments: readonly ReturnType<typeof moment>[], seed = 1) => {
    const sites = armFaults([fault], randomFrom(seed));
    const strikes: PlannedStrike[] = [];
    sites.strikeWith((strike) => strikes.push(strike));
    for (const one of moments) sites.siteOf('alipay').onMoment(one);
    return { sites, strikes };
  };
  const webhooks = references.map((reference) => moment('webhook', reference));

  test('depend on the seed and the order of the moments alone', () => {
    const plans = [1, 1, 2].map((seed) => decided(killed(50), webhooks, seed).strikes);
    const of = (strikes: readonly PlannedStrike[] = []) =>
      strikes.map(({ planned: _planned, ...strike }) => JSON.stringify(strike));
    expect(of(plans[0])).toEqual(of(plans[1]));
    expect(of(plans[0])).not.toEqual(of(plans[2]));
    expect(plans[0]?.length).toBeGreaterThan(10);
    expect(plans[0]?.length).toBeLessThan(40);
    expect(plans[0]?.[0]).toMatchObject({ how: 'kill', process: 'webhook-role', times: 3 });
    expect(new Set(plans[0]?.map(({ afterMs }) => afterMs)).size).toBeGreaterThan(5);
  });

  test('are noted as decisions, and none is made once disarmed or at another operation', () => {
    const fault = killed(100);
    const { sites, strikes } = decided(fault, [moment('webhook', 'r1'), moment('query', 'r2')]);
    expect([...sites.decidedBy(fault)]).toEqual(['r1']);
    sites.disarm();
    sites.siteOf('alipay').onMoment(moment('webhook', 'r3'));
    expect(strikes.map(({ reference }) => reference)).toEqual(['r1']);
  });

  test('come with the first call of an order alone, and with every attempt to deliver a webhook', () => {
    const attempts = [1, 2].map((nth) => moment('webhook', 'r1', nth));
    const calls = [1, 2].map((nth) => moment('grant', 'r1', nth));
    expect(decided(killed(100), attempts).strikes).toHaveLength(2);
    expect(decided(killed(100, 'grant'), calls).strikes).toHaveLength(1);
  });
});

test('who strikes the database server is known beforehand; a killed role is no such fault', () => {
  const struck = { sharePercent: exactly(1), times: exactly(1), afterMs: exactly(0), downMs: exactly(0) };
  const onWebhooks = (process: string) => during('webhook', process);
  expect(strikesDatabase([restartPostgres(onWebhooks('postgres'), struck)])).toBe(true);
  expect(strikesDatabase([killProcess(onWebhooks('webhooks'), struck)])).toBe(false);
  expect(strikesDatabase([])).toBe(false);
});
