/** What mocks do by request, seen through their own wire formats and, where it matters, by the vendors' SDKs. */
import { describe, expect, test } from 'vitest';
import { type CallPoint, noFaults, type ProviderPorts } from '#harness/provider';
import { ask, order, ordered } from '../alipay/test-calls.ts';
import { providers } from '../index.ts';
import { clockAtNewYear, recordingDelivery, step, testPorts } from '../test-ports.ts';
import type { Behaviour } from './behaviour.ts';
import { openBehaviours } from './site.ts';

const dayMs = 86_400_000;
const failings = providers.alipay.open(testPorts()).failings;

const misbehaving = (...asked: Behaviour[]) => {
  const behaviours = openBehaviours(noFaults);
  behaviours.add(asked, failings);
  return behaviours;
};

/** Alipay with the order T1, whose webhooks are answered by `answers`. */
const alipay = (asked: Behaviour[], given: Partial<ProviderPorts> = {}, answer = { status: 200, body: 'success' }) => {
  const behaviours = misbehaving(...asked);
  const { sent, deliver } = recordingDelivery(answer);
  return { ...ordered({ site: behaviours.site, deliver, ...given }), sent, behaviours };
};

const point = (change: Partial<CallPoint> = {}): CallPoint => ({
  operation: 'alipay.trade.query',
  reference: 'T1',
  nth: 1,
  sinceFirstMs: 0,
  ...change,
});

describe('which calls meet a behaviour', () => {
  test('the next one, once, unless more are asked for', () => {
    const { site } = misbehaving({ does: 'sent-not-done' });
    expect([1, 2].map(() => site.onCall(point()))).toEqual(['before', 'answer']);
    const three = misbehaving({ does: 'sent-not-done', skip: 1, times: 2 }).site;
    expect([1, 2, 3, 4].map(() => three.onCall(point()))).toEqual(['answer', 'before', 'before', 'answer']);
  });

  test('those of the operation and the reference alone', () => {
    const { site } = misbehaving({ does: 'answer-cut', operation: 'alipay.trade.query', reference: 'T2' });
    expect(site.onCall(point())).toBe('answer');
    expect(site.onCall(point({ reference: 'T2', operation: 'alipay.trade.precreate' }))).toBe('answer');
    expect(site.onCall(point({ reference: 'T2' }))).toBe('midBody');
  });

  test('in the order of asking: a second behaviour waits for its turn', () => {
    const { site, list, clear } = misbehaving({ does: 'sent-not-done' }, { does: 'done-answer-lost' });
    expect([1, 2, 3].map(() => site.onCall(point()))).toEqual(['before', 'afterEffect', 'answer']);
    expect(list()).toEqual([
      { does: 'sent-not-done', id: 1, hits: 1 },
      { does: 'done-answer-lost', id: 2, hits: 1 },
    ]);
    clear();
    expect(list()).toEqual([]);
  });

  test('what nobody asked about is left to the faults of a run', () => {
    const { site } = openBehaviours({ ...noFaults, onCall: () => 'midBody', onCapture: () => 7n });
    expect(site.onCall(point())).toBe('midBody');
    expect(site.onCapture({ reference: 'T1', amountMinor: 9n, currency: 'CNY' })).toBe(7n);
  });
});

describe('what cannot be had', () => {
  test.each([
    [{ does: 'fly' }, 'does is no behaviour: it is sent-not-done,'],
    ['text', 'no JSON object'],
    [{ does: 'slow' }, 'afterMs is a whole number'],
    [{ does: 'slow', afterMs: 1.5 }, 'afterMs is a whole number'],
    [{ does: 'slow', afterMs: 1, copies: 2 }, 'slow has no copies: it is does,'],
    [{ does: 'malformed', operation: 'pay' }, 'operation is unknown: it is alipay.trade'],
    [{ does: 'malformed', reference: 1, times: 0 }, 'reference is text; times is a whole number, 1 to 1000000'],
    [{ does: 'stale-certificate' }, 'has no meaning here'],
    [{ does: 'stale', lagMs: 5, operation: 'alipay.trade.precreate' }, 'needs one of the queries as operation'],
    [{ does: 'throttled', done: 'yes' }, 'done is true or false'],
    [{ does: 'webhook-false', what: 'moon' }, 'what is not among the falsehoods: it is amount,'],
    [{ does: 'webhook-late', afterMs: 1, operation: 'alipay.trade.query' }, 'acts at no operation'],
    [{ does: 'captured-short', percent: 100 }, 'percent is a whole number, 1 to 99'],
  ])('%j', (asked, problem) => {
    const behaviours = openBehaviours(noFaults);
    const adding = () => behaviours.add([{ does: 'malformed' }, asked], failings);
    expect(adding).toThrow(
      expect.objectContaining({ code: 'bad-behaviour', message: expect.stringContaining(problem) }),
    );
    expect(behaviours.list()).toEqual([]);
  });
});

test.each([{ does: 'webhook-lost' }, { does: 'captured-short', percent: 10 }, { does: 'paid-before-answer' }])(
  '$does is refused at a cloud, which could never meet it',
  (asked) => {
    const cloud = providers['huawei-cloud'].open(testPorts()).failings;
    const adding = () => openBehaviours(noFaults).add(asked, cloud);
    expect(adding).toThrow('has no meaning here: nobody pays here, and no webhooks are sent');
  },
);

describe('what becomes of a call', () => {
  const paid = (asked: Behaviour) => {
    const { clock, provider } = alipay([{ operation: 'alipay.trade.query', ...asked } as Behaviour]);
    provider.byHand?.deeds.scan?.('T1');
    clock.advance(1_000);
    provider.pay?.('T1');
    clock.advance(1_000);
    return { provider, query: () => ask(provider, 'query', { out_trade_no: 'T1' }) };
  };

  test('a query that lags knows nothing of the payment yet, and of a longer past not even the trade', () => {
    const lagging = paid({ does: 'stale', lagMs: 1_500 });
    expect([lagging.query(), lagging.query()]).toMatchObject([
      { trade_status: 'WAIT_BUYER_PAY', total_amount: '10.00' },
      { trade_status: 'TRADE_SUCCESS' },
    ]);
    expect(paid({ does: 'stale', lagMs: 5_000 }).query()).toMatchObject({ sub_code: 'ACQ.TRADE_NOT_EXIST' });
  });

  test('done twice are two calls, of which the first had no answer', () => {
    const { provider, query } = paid({ does: 'done-twice' });
    expect(query()).toMatchObject({ trade_status: 'TRADE_SUCCESS' });
    const outcomes = provider.records().calls.slice(1);
    expect(outcomes).toMatchObject([
      { nth: 1, outcome: 'afterEffect' },
      { nth: 2, outcome: 200, misdeed: 'twice' },
    ]);
  });

  test.each([
    { does: 'throttled', says: { code: '40005', sub_code: 'isv.app-call-limited' } },
    { does: 'unavailable', says: { code: '20000', sub_code: 'isp.unknow-error' } },
    { does: 'failed-inside', says: { code: '40004', sub_code: 'ACQ.SYSTEM_ERROR' } },
  ] as const)('$does leaves it undone, unless it is to be done', ({ does, says }) => {
    for (const done of [false, true]) {
      const { provider } = alipay([{ does, operation: 'alipay.trade.precreate', reference: 'T2', done }]);
      expect(ask(provider, 'precreate', { ...order, out_trade_no: 'T2' })).toMatchObject(says);
      expect(provider.byHand?.orders().length).toBe(done ? 2 : 1);
    }
  });

  test('done late: no answer, and done once its time has come', () => {
    const { clock, provider } = alipay([
      { does: 'done-late', operation: 'alipay.trade.precreate', reference: 'T2', afterMs: 60_000 },
    ]);
    expect(ask(provider, 'precreate', { ...order, out_trade_no: 'T2' })).toEqual({ cut: 'before' });
    expect(provider.idle()).toBe(false);
    clock.advance(59_999);
    expect(provider.byHand?.orders().length).toBe(1);
    clock.advance(1);
    expect(provider.byHand?.orders().length).toBe(2);
    expect(provider.idle()).toBe(true);
    expect(provider.records().calls[1]).toMatchObject({ reference: 'T2', outcome: 'late' });
  });

  test('what is to be done late is never done once the mock has stopped', () => {
    const { clock, provider } = alipay([{ does: 'done-late', reference: 'T2', afterMs: 1 }]);
    ask(provider, 'precreate', { ...order, out_trade_no: 'T2' });
    provider.stop();
    clock.advance(1);
    expect(provider.byHand?.orders().length).toBe(1);
  });

  test('slow: done at once, and the answer is held for real time', async () => {
    const wall = clockAtNewYear();
    const behaviours = misbehaving({ does: 'slow', afterMs: 3_000 });
    const { provider } = ordered({ wall, site: behaviours.site });
    expect(provider.byHand?.orders().length).toBe(1);
    await step(wall, 2_999);
    expect(provider.records().calls[0]).not.toHaveProperty('answeredMs');
    await step(wall, 1);
    expect(provider.records().calls[0]).toMatchObject({ misdeed: 'slow', answeredMs: wall.nowMs() });
  });

  test.each([
    { percent: 25, misdeed: 'told-as-ordered', what: 'what was captured short is told as ordered, every figure of it' },
    { percent: 0, misdeed: undefined, what: 'where all was captured there is nothing to change, and so no misdeed' },
  ])('$what', ({ percent, misdeed }) => {
    const short: Behaviour[] = percent === 0 ? [] : [{ does: 'captured-short', percent }];
    const { provider } = alipay([...short, { does: 'told-as-ordered', operation: 'alipay.trade.query' }]);
    provider.pay?.('T1');
    const told = ask(provider, 'query', { out_trade_no: 'T1' });
    expect(told).toMatchObject({ receipt_amount: '10.00', fund_bill_list: [{ amount: '10.00' }] });
    expect(provider.records().calls.at(-1)?.misdeed).toBe(misdeed);
  });

  test('a provider that cannot answer like this answers as ever, and nothing is recorded of it', () => {
    const onCall = () => ({ how: 'spoil', spoil: 'no-funds', isDone: false }) as const;
    const { provider } = ordered({ site: { ...noFaults, onCall } });
    expect(provider.byHand?.orders().length).toBe(1);
    expect(provider.records().calls).toMatchObject([{ outcome: 200 }]);
    expect(provider.records().calls[0]).not.toHaveProperty('misdeed');
  });

  test('less is captured than was asked for', () => {
    const { provider } = alipay([{ does: 'captured-short', percent: 25 }]);
    provider.pay?.('T1');
    expect(provider.records().payments).toMatchObject([{ amountMinor: 750n }]);
  });
});

describe('what becomes of a webhook', () => {
  const fields = ({ body }: { readonly body: Uint8Array }) =>
    Object.fromEntries(new URLSearchParams(Buffer.from(body).toString()));

  const told = async (
    asked: Behaviour[],
    waitsMs: readonly number[] = [0],
    answer?: { status: number; body: string },
  ) => {
    const mock = alipay(asked, {}, answer);
    mock.provider.pay?.('T1');
    const counts: number[] = [];
    for (const waitMs of waitsMs) {
      await step(mock.clock, waitMs);
      counts.push(mock.sent.length);
    }
    return { ...mock, counts };
  };

  test('lost: it is never sent, and nothing is under way', async () => {
    const { sent, provider } = await told([{ does: 'webhook-lost' }], [30 * dayMs]);
    expect(sent).toEqual([]);
    expect(provider.idle()).toBe(true);
  });

  test('late, by the clock of the mocks', async () => {
    const { counts } = await told([{ does: 'webhook-late', afterMs: dayMs }], [dayMs - 1, 1]);
    expect(counts).toEqual([0, 1]);
  });

  test('in parallel, or spread', async () => {
    expect((await told([{ does: 'webhook-parallel', copies: 5 }])).counts).toEqual([5]);
    const { counts, sent } = await told([{ does: 'webhook-duplicated', copies: 3, spreadMs: 100 }], [0, 50, 49, 1]);
    expect(counts).toEqual([1, 2, 2, 3]);
    expect(new Set(sent.map(({ body }) => String(body))).size).toBe(1);
  });

  test('replayed after days, byte for byte, although it was answered', async () => {
    const { sent, counts } = await told([{ does: 'webhook-replayed', afterMs: 9 * dayMs }], [0, 9 * dayMs]);
    expect(counts).toEqual([1, 2]);
    expect(sent[1]?.body).toEqual(sent[0]?.body);
    expect(sent[1]?.attempt).toBe(0);
  });

  test('one payment under several ids, each genuine and retried by itself', async () => {
    const { sent } = await told([{ does: 'webhook-renumbered', copies: 3 }], [0, 0], { status: 500, body: '' });
    const first = sent.slice(0, 3).map(fields);
    expect(new Set(first.map(({ notify_id }) => notify_id)).size).toBe(3);
    expect(new Set(first.map(({ trade_no }) => trade_no)).size).toBe(1);
    expect(sent.map(({ eventId }) => eventId)).toEqual(sent.map((one) => fields(one).notify_id));
    expect(sent.filter(({ attempt }) => attempt === 2).length).toBe(3);
  });

  test('overtaken by the next one, or sent after all when none comes', async () => {
    const { clock, provider, sent } = await told([{ does: 'webhook-reordered', withinMs: 1_000 }]);
    expect(sent).toEqual([]);
    provider.byHand?.deeds.refund?.('T1');
    await step(clock, 0);
    expect(sent.map((one) => fields(one).refund_fee)).toEqual(['10.00', undefined]);
    const alone = await told([{ does: 'webhook-reordered', withinMs: 1_000 }], [999, 1, 5_000]);
    expect(alone.counts).toEqual([0, 1, 1]);
    expect(alone.provider.idle()).toBe(true);
  });

  test('only the first attempt is spoilt: a half is retried whole', async () => {
    const { sent, provider } = await told([{ does: 'webhook-partial' }], [0, 0], { status: 400, body: '' });
    expect(sent[0]?.body.length).toBe(Math.floor((sent[1]?.body.length ?? 0) / 2));
    expect(provider.records().deliveries[0]).toMatchObject({ attempt: 1, spoilt: 'half' });
    expect(provider.records().deliveries[1]).not.toHaveProperty('spoilt');
  });

  test('several behaviours act on one webhook together', async () => {
    const { sent } = await told([
      { does: 'webhook-false', what: 'amount' },
      { does: 'webhook-parallel', copies: 2 },
    ]);
    expect(sent.map((one) => fields(one).total_amount)).toEqual(['910.00', '910.00']);
  });
});
