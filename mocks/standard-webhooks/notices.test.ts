/** Notices, judged by the official library and, where it has no `v1a`, by Node's own Ed25519. */
import { describe, expect, test } from 'vitest';
import { type ForgedWebhook, type Forgery, noFaults, type OutgoingWebhook } from '#harness/provider';
import { recordingDelivery, step } from '../test-ports.ts';
import { falsehoods } from './falsehoods.ts';
import { jitterMax, retiringMs, retryAfterMaxMs, retryAfterS, toleranceMs } from './quirks.ts';
import { isSignedBy, openApi, order, ordered, url, verifiedBy } from './test-sdk.ts';

const accepted = { status: 200, body: '' };
/** Longer than any pause of the schedule with its jitter, one after the other. */
const pausesS = retryAfterS.map((afterS) => afterS * (1 + jitterMax));
const typeOf = ({ body }: OutgoingWebhook) => JSON.parse(Buffer.from(body).toString()).type;

/** A mock whose T1 has been paid, and the notice about that. */
const paid = async () => {
  const { sent, deliver } = recordingDelivery(accepted);
  const opened = ordered({ deliver });
  opened.hand.deeds.pay?.('T1');
  await step(opened.clock, 0);
  return { ...opened, sent, genuine: sent.at(-1) ?? expect.unreachable() };
};

describe('notices', () => {
  test.each([
    { deeds: ['pay'], type: 'payment.succeeded', status: 'succeeded', refunded: 0 },
    { deeds: ['decline'], type: 'payment.declined', status: 'declined', refunded: 0 },
    { deeds: ['cancel'], type: 'payment.canceled', status: 'canceled', refunded: 0 },
    { deeds: ['pay', 'refund'], type: 'payment.refunded', status: 'refunded', refunded: 8888 },
  ])('$deeds is told as $type, signed both ways', async ({ deeds, type, status, refunded }) => {
    const { sent, deliver } = recordingDelivery(accepted);
    const { clock, hand, identity } = ordered({ deliver });
    for (const deed of deeds) hand.deeds[deed]?.('T1');
    await step(clock, 0);
    expect(sent.map(typeOf)).toEqual(expect.arrayContaining(['payment.created', type]));
    const newest = sent.at(-1) ?? expect.unreachable();
    const { data, ...notice } = verifiedBy(identity.webhookSecret, newest, clock.nowMs());
    expect(notice).toEqual({ type, timestamp: '2026-01-01T00:00:00.000Z' });
    const { merchantId: merchant_id } = identity;
    expect(data).toMatchObject({ merchant_id, ...order, status, refunded_amount: refunded });
    expect(sent.every((webhook) => isSignedBy(identity.webhookPublicKey, webhook))).toBe(true);
    expect(newest.headers['webhook-id']).toMatch(/^msg_\d+$/);
  });

  test('are retried for three days under one id, each time signed anew', async () => {
    const { sent, deliver } = recordingDelivery({ status: 500, body: '' });
    const { clock, identity } = ordered({ deliver });
    await step(clock, 0);
    for (const [nth, afterS] of retryAfterS.entries()) {
      await step(clock, afterS * 1_000 - 1);
      expect(sent).toHaveLength(nth + 1);
      while (sent.length === nth + 1) await step(clock, afterS);
    }
    const [first = expect.unreachable(), last = expect.unreachable()] = [sent[0], sent.at(-1)];
    const lastMs = Number(last.headers['webhook-timestamp']) * 1_000;
    expect(verifiedBy(identity.webhookSecret, last, lastMs).timestamp).toBe('2026-01-01T00:00:00.000Z');
    expect(() => verifiedBy(identity.webhookSecret, first, lastMs)).toThrow('Message timestamp too old');
    await step(clock, 30 * 86_400_000);
    expect(sent.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(new Set(sent.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(sent.map(({ headers }) => headers['webhook-signature'])).size).toBe(10);
    expect(last.answerWithinMs).toBe(15_000);
    const atS = sent.map(({ headers }) => Number(headers['webhook-timestamp']));
    const late = retryAfterS.map((afterS, nth) => ((atS[nth + 1] ?? 0) - (atS[nth] ?? 0)) / afterS - 1);
    for (const [nth, share] of late.entries()) {
      const roundedAway = 0.001 + 1 / (retryAfterS[nth] ?? 1); // dates are whole seconds
      expect(share).toBeGreaterThanOrEqual(-roundedAway);
      expect(share).toBeLessThanOrEqual(jitterMax + roundedAway);
    }
    expect(new Set(late.slice(2).map((share) => share.toFixed(3))).size).toBeGreaterThan(3);
  });

  test.each([
    { asked: '120', waitedMs: 120_000, why: 'seconds' },
    { asked: 'Thu, 01 Jan 2026 00:10:00 GMT', waitedMs: 600_000, why: 'a date' },
    { asked: '999999999', waitedMs: retryAfterMaxMs, why: 'far too long' },
    { asked: '1', waitedMs: 5_000, why: 'less than the schedule has' },
    { asked: 'soon', waitedMs: 5_000, why: 'what nobody can read' },
  ])('wait $waitedMs ms where Retry-After is $why', async ({ asked, waitedMs }) => {
    const { sent, deliver } = recordingDelivery({ status: 503, body: '', retryAfter: asked }, accepted);
    const { clock } = ordered({ deliver });
    await step(clock, 0);
    await step(clock, waitedMs - 1);
    expect(sent).toHaveLength(1);
    await step(clock, 1 + 5_000 * jitterMax);
    expect(sent).toHaveLength(2);
  });

  test.each([
    { status: 200, attempts: 1 },
    { status: 299, attempts: 1 },
    { status: 302, attempts: 10 },
    { status: 404, attempts: 10 },
    { status: 0, attempts: 10 },
    { status: 410, attempts: 1 },
  ])('$status leads to $attempts attempts', async ({ status, attempts }) => {
    const { sent, deliver } = recordingDelivery({ status, body: 'whatever' });
    const { clock } = ordered({ deliver });
    for (const afterS of [0, ...pausesS]) await step(clock, afterS * 1_000);
    expect(sent).toHaveLength(attempts);
  });

  test('of a kind go to the endpoints that want it', async () => {
    const { sent, deliver } = recordingDelivery(accepted);
    const { ask, provider, hand } = await openApi({ deliver });
    const wanting = { url, types: ['payment.succeeded'] };
    const made = await ask('POST /v1/webhook-endpoints', { body: wanting });
    expect(made).toMatchObject({ status: 201, fields: { ...wanting, status: 'enabled' } });
    await ask('POST /v1/payments', { body: order });
    hand.deeds.pay?.('T1');
    await expect.poll(() => provider.idle(), { timeout: 30_000 }).toBe(true);
    expect(sent.map(typeOf)).toEqual(['payment.succeeded']);
  });
});

test('each endpoint of the API has keys of its own, which are replaced alone', async () => {
  const { sent, deliver } = recordingDelivery(accepted);
  const { clock, hand, identity, ask } = ordered({ deliver });
  const one = ask('POST', '/v1/webhook-endpoints', { url: `${url}/one` });
  await step(clock, 1);
  const two = ask('POST', '/v1/webhook-endpoints', { url: `${url}/two` });
  const rotated = ask('POST', `/v1/webhook-endpoints/${one.id}/secret/rotate`);
  hand.deeds.pay?.('T1');
  await step(clock, 0);
  const to = (path: string) => sent.findLast((webhook) => webhook.url === url + path) ?? expect.unreachable();
  const secrets = [identity.webhookSecret, one.secret, rotated.secret, two.secret];
  expect(new Set(secrets).size).toBe(4);
  const takenAt = (path: string) =>
    secrets.map((secret) => {
      try {
        return verifiedBy(secret, to(path), clock.nowMs()).type;
      } catch {
        return 'refused';
      }
    });
  const [taken, refused] = ['payment.succeeded', 'refused'];
  expect(takenAt('')).toEqual([taken, refused, refused, refused]);
  expect(takenAt('/one')).toEqual([refused, taken, taken, refused]);
  expect(takenAt('/two')).toEqual([refused, refused, refused, taken]);
  expect(isSignedBy(two.public_key, to('/two'))).toBe(true);
  const tampered = hand.tampers.time?.(to('/two')) ?? expect.unreachable();
  expect(() => verifiedBy(two.secret, tampered, clock.nowMs())).toThrow('Message timestamp too old');
  expect(isSignedBy(two.public_key, tampered)).toBe(true);
  hand.deeds.rotate?.('T1');
  hand.deeds.refund?.('T1');
  await step(clock, 0);
  expect(to('/two').headers['webhook-signature']?.split(' ')).toHaveLength(4);
});

describe('an endpoint', () => {
  const answering = async (answers: number[], afterS: readonly number[]) => {
    const { sent, deliver } = recordingDelivery(...answers.map((status) => ({ status, body: '' })));
    const opened = ordered({ deliver });
    for (const one of [0, ...afterS]) await step(opened.clock, one * 1_000);
    return { sent, ...opened };
  };
  const again = { url };

  test.each([
    { why: 'answers 410', answers: [410, 200], afterS: [] },
    { why: 'fails through the whole schedule', answers: [...Array(10).fill(500), 200], afterS: pausesS },
  ])('that $why is told no more, until it is added again', async ({ answers, afterS }) => {
    const { sent, clock, hand, ask, provider } = await answering(answers, afterS);
    const before = sent.length;
    hand.deeds.pay?.('T1');
    await step(clock, 86_400_000);
    expect(sent).toHaveLength(before);
    expect(provider.idle()).toBe(true);
    expect(ask('POST', '/v1/webhook-endpoints', again)).toMatchObject({ url, status: 'enabled' });
    hand.deeds.refund?.('T1');
    await step(clock, 0);
    expect(sent.slice(before).map(typeOf)).toEqual(['payment.refunded']);
  });

  test('that answers 410 ends the retries of the notices before, and says that it is disabled', async () => {
    const { sent, clock, hand, ask } = await answering([500, 410], []);
    const { id } = ask('POST', '/v1/webhook-endpoints', again);
    hand.deeds.pay?.('T1');
    await step(clock, 0);
    await step(clock, 30 * 86_400_000);
    expect(sent.map(typeOf)).toEqual(['payment.created', 'payment.succeeded']);
    expect(ask('GET', `/v1/webhook-endpoints/${id}`)).toMatchObject({ status: 'disabled' });
  });
});

test('a secret that is replaced signs beside its successor for a day, and then no more', async () => {
  const { sent, deliver } = recordingDelivery(accepted);
  const { clock, hand, identity, ask } = ordered({ deliver });
  const { webhookSecret: old, webhookPublicKey: oldPublic } = identity;
  const { secret, public_key: publicKey } = ask('POST', '/v1/webhook-secret/rotate');
  expect([secret, publicKey]).toEqual([expect.stringMatching(/^whsec_/), expect.stringMatching(/^whpk_/)]);
  expect(secret).not.toBe(old);
  hand.deeds.pay?.('T1');
  await step(clock, 0);
  const during = sent.at(-1) ?? expect.unreachable();
  const versions = during.headers['webhook-signature']?.split(' ').map((one) => one.split(',')[0]);
  expect(versions).toEqual(['v1', 'v1a', 'v1', 'v1a']);
  for (const one of [old, secret]) expect(verifiedBy(one, during, clock.nowMs()).type).toBe('payment.succeeded');
  for (const one of [oldPublic, publicKey]) expect(isSignedBy(one, during)).toBe(true);
  await step(clock, retiringMs);
  hand.deeds.refund?.('T1');
  await step(clock, 0);
  const after = sent.at(-1) ?? expect.unreachable();
  expect(verifiedBy(secret, after, clock.nowMs()).type).toBe('payment.refunded');
  expect(() => verifiedBy(old, after, clock.nowMs())).toThrow('No matching signature found');
  expect([isSignedBy(oldPublic, after), isSignedBy(publicKey, after)]).toEqual([false, true]);
});

test('of three secrets the first is gone at once, and the newest is told', async () => {
  const { sent, deliver } = recordingDelivery(accepted);
  const { clock, hand, identity } = ordered({ deliver });
  for (const deed of ['rotate', 'rotate', 'pay']) hand.deeds[deed]?.('T1');
  await step(clock, 0);
  const { headers } = sent.at(-1) ?? expect.unreachable();
  expect(headers['webhook-signature']?.split(' ')).toHaveLength(4);
  const issued = hand.issued?.rotate?.() ?? expect.unreachable();
  const newest = sent.at(-1) ?? expect.unreachable();
  expect(verifiedBy(String(issued.webhookSecret), newest, clock.nowMs()).type).toBe('payment.succeeded');
  expect(isSignedBy(String(issued.webhookPublicKey), newest)).toBe(true);
  const check = () => verifiedBy(identity.webhookSecret, sent.at(-1) ?? expect.unreachable(), clock.nowMs());
  expect(check).toThrow('No matching signature found');
});

describe('what is not authentic', () => {
  test.each([
    { tamper: 'amount', refusedFor: 'No matching signature found' },
    { tamper: 'future', refusedFor: 'Message timestamp too new' },
    { tamper: 'id', refusedFor: 'No matching signature found' },
    { tamper: 'key', refusedFor: 'No matching signature found' },
    { tamper: 'merchant', refusedFor: 'No matching signature found' },
    { tamper: 'order', refusedFor: 'No matching signature found' },
    { tamper: 'time', refusedFor: 'Message timestamp too old' },
    { tamper: 'unsigned', refusedFor: 'Missing required headers' },
  ])('$tamper is refused by the library: $refusedFor', async ({ tamper, refusedFor }) => {
    const { clock, hand, identity, genuine } = await paid();
    const tampered = hand.tampers[tamper]?.(genuine) ?? expect.unreachable();
    expect(verifiedBy(identity.webhookSecret, genuine, clock.nowMs()).type).toBe('payment.succeeded');
    expect(() => verifiedBy(identity.webhookSecret, tampered, clock.nowMs())).toThrow(refusedFor);
    const isRewritten = Buffer.compare(tampered.body, genuine.body) !== 0;
    expect(isRewritten).toBe(['amount', 'merchant', 'order'].includes(tamper));
    // The date alone says that a notice is old: it is signed as it should be.
    expect(isSignedBy(identity.webhookPublicKey, tampered)).toBe(['future', 'time'].includes(tamper));
  });

  test('the tampers above are all there are', async () => {
    const { hand } = await paid();
    const all = ['amount', 'future', 'id', 'key', 'merchant', 'order', 'time', 'unsigned'];
    expect(Object.keys(hand.tampers).sort()).toEqual(all);
  });

  test('a genuine notice is taken until five minutes after, and from five minutes before', async () => {
    const { clock, identity, genuine } = await paid();
    const at = (afterMs: number) => () => verifiedBy(identity.webhookSecret, genuine, clock.nowMs() + afterMs);
    for (const afterMs of [toleranceMs, -toleranceMs]) expect(at(afterMs)().type).toBe('payment.succeeded');
    expect(at(toleranceMs + 1_000)).toThrow('Message timestamp too old');
    expect(at(-toleranceMs - 1_000)).toThrow('Message timestamp too new');
  });

  const forgeries: readonly Forgery[] = [
    'unsigned',
    'foreign key',
    'changed amount',
    'changed order',
    'other merchant',
  ];

  test.each(forgeries)(
    '%s: a stranger tells of an unpaid order, under an id that nothing real has',
    async (forgery) => {
      const { sent, deliver } = recordingDelivery({ status: 400, body: '' });
      const plan: readonly ForgedWebhook[] = [{ forgery, since: 'ordered', afterMs: 20 }];
      const { clock, provider, identity } = ordered({ deliver, site: { ...noFaults, onOrder: () => plan } });
      await step(clock, 20);
      const forged = sent.find((webhook) => webhook.forged !== undefined) ?? expect.unreachable();
      expect(forged.forged).toMatchObject({ forgery, paymentId: expect.stringMatching(/^pay_9\d\d/) });
      expect(() => verifiedBy(identity.webhookSecret, forged, clock.nowMs())).toThrow();
      expect(provider.records().payments).toEqual([]);
    },
  );
});

describe('what is signed and false', () => {
  test.each(Object.keys(falsehoods))('%s: the library takes it, and it differs there', async (falsehood) => {
    const { sent, deliver } = recordingDelivery(accepted);
    const fate = { lost: false, copiesAfterMs: [], falsehood };
    const { clock, hand, identity } = ordered({ deliver, site: { ...noFaults, onWebhook: () => fate } });
    hand.deeds.pay?.('T1');
    await step(clock, 0);
    const { data } = verifiedBy(identity.webhookSecret, sent.at(-1) ?? expect.unreachable(), clock.nowMs());
    const truth = { merchant_id: identity.merchantId, ...order, status: 'succeeded', payer: 'buyer_topple_test' };
    const fields: Readonly<Record<string, string>> = { merchant: 'merchant_id', order: 'reference', schema: 'amount' };
    const differing = Object.entries(truth).filter(([name, value]) => data[name] !== value);
    expect(differing.map(([name]) => name)).toEqual([fields[falsehood] ?? falsehood]);
  });
});

test('what people do by hand is refused when the payment forbids it', () => {
  const { hand } = ordered();
  const notNow = expect.objectContaining({ code: 'not-in-this-state' });
  expect(() => hand.deeds.refund?.('T1')).toThrow(notNow);
  hand.deeds.pay?.('T1');
  hand.deeds.pay?.('T1');
  for (const deed of ['decline', 'cancel']) expect(() => hand.deeds[deed]?.('T1')).toThrow(notNow);
  expect(hand.orders()).toMatchObject([{ reference: 'T1', status: 'succeeded', amountMinor: 8888n, currency: 'USD' }]);
  hand.deeds.refund?.('T1');
  expect(() => hand.deeds.refund?.('T1')).toThrow(notNow);
  expect(() => hand.deeds.pay?.('T9')).toThrow(expect.objectContaining({ code: 'unknown-reference' }));
  expect(() => hand.resend('T1')).toThrow(expect.objectContaining({ code: 'nothing-to-resend' }));
  const again = { reference: 'T1', amountMinor: 8889n, webhookUrl: '' };
  for (const wrong of [again, { ...again, reference: 'a b' }, { ...again, reference: 'T2', amountMinor: 0n }]) {
    expect(() => hand.order(wrong)).toThrow(expect.objectContaining({ code: 'order-refused' }));
  }
  hand.order({ ...again, amountMinor: 8888n });
  expect(hand.orders()).toHaveLength(1);
});

test('an order that was declined can be made again', () => {
  const { hand, provider } = ordered();
  hand.deeds.decline?.('T1');
  hand.order({ reference: 'T1', amountMinor: 100n, webhookUrl: '' });
  hand.deeds.pay?.('T1');
  expect(hand.orders().map(({ status }) => status)).toEqual(['declined', 'succeeded']);
  expect(provider.records().payments).toMatchObject([{ reference: 'T1', amountMinor: 100n }]);
});
