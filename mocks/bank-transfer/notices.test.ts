/** Notices, as the libraries judge them: what is the bank's, what is not, and what it says although it is wrong. */
import { describe, expect, test } from 'vitest';
import { noFaults } from '#harness/provider';
import { openBehaviours } from '../behaviours/site.ts';
import { recordingDelivery, step } from '../test-ports.ts';
import { payers, retryAfterS } from './quirks.ts';
import { isNoticeOfBank, readMessage, slipped, url } from './test-sdk.ts';

/** The notices about T1 once it was filled in this `way` and has arrived. */
const told = async (way: string, given: Parameters<typeof slipped>[0] = {}) => {
  const bank = slipped(given);
  bank.hand.deeds[way]?.('T1');
  bank.hand.deeds.book?.('T1');
  await step(bank.clock, 0);
  return bank;
};

const newest = async ({ sent }: Pick<ReturnType<typeof slipped>, 'sent'>) => {
  const notice = sent.at(-1) ?? expect.unreachable();
  const text = Buffer.from(notice.body).toString();
  const [entry] = (await readMessage(text)).statements[0]?.transactions ?? [];
  return { notice, text, entry: entry ?? expect.unreachable() };
};

test('a notice is the bank’s own, and names the entry as the account does', async () => {
  const bank = await told('pay');
  const { notice, entry } = await newest(bank);
  expect(notice).toMatchObject({ url, reference: 'T1', attempt: 1 });
  expect(await isNoticeOfBank(bank.identity, notice, bank.clock.nowMs())).toBe(true);
  const [payment] = bank.provider.records().payments;
  expect(entry.accountServicerReference).toBe(payment?.id);
});

test('a notice that nobody takes is sent for some hours, signed anew each time, and then no more', async () => {
  const { sent, deliver } = recordingDelivery({ status: 500, body: '' });
  const bank = await told('pay', { deliver });
  const atMs: number[] = [bank.clock.nowMs()];
  for (const pauseS of [...retryAfterS, 30 * 86_400]) {
    await step(bank.clock, pauseS * 1_000);
    atMs.push(bank.clock.nowMs());
  }
  expect(sent.length).toBe(1 + retryAfterS.length);
  for (const [nth, notice] of sent.entries())
    expect(await isNoticeOfBank(bank.identity, notice, atMs[nth] ?? 0)).toBe(true);
  expect(new Set(sent.map(({ eventId }) => eventId)).size).toBe(1);
});

test.each(['amount', 'digest', 'future', 'key', 'order', 'time', 'unsigned', 'half'])(
  'tampered with (%s) it is not the bank’s any more',
  async (what) => {
    const behaviours = openBehaviours(noFaults);
    const site = behaviours.site;
    const bank = slipped({ site });
    behaviours.add({ does: 'webhook-tampered', what }, bank.provider.failings);
    bank.hand.deeds.pay?.('T1');
    bank.hand.deeds.book?.('T1');
    await step(bank.clock, 0);
    const [notice = expect.unreachable()] = bank.sent;
    expect(notice.spoilt).toBe(what);
    expect(await isNoticeOfBank(bank.identity, notice, bank.clock.nowMs())).toBe(false);
  },
);

test('one for another customer is the bank’s, and no signature tells', async () => {
  const bank = await told('pay');
  const { notice } = await newest(bank);
  const stray = bank.hand.tampers.merchant?.(notice) ?? expect.unreachable();
  expect(await isNoticeOfBank(bank.identity, stray, bank.clock.nowMs())).toBe(true);
  expect(Buffer.from(stray.body).toString()).not.toContain(bank.identity.ibanUSD);
});

describe('a falsehood is signed like the truth', () => {
  test.each([
    ['amount', { amount: { value: '888.80', currency: 'USD' } }],
    ['currency', { amount: { value: '88.88', currency: 'CNY' } }],
    ['order', { details: [{ remittanceInformation: { structured: { creditorReferenceInformation: {} } } }] }],
    ['status', { status: 'PDNG' }],
  ])('%s', async (what, says) => {
    const behaviours = openBehaviours(noFaults);
    const bank = slipped({ site: behaviours.site });
    behaviours.add({ does: 'webhook-false', what }, bank.provider.failings);
    bank.hand.deeds.pay?.('T1');
    bank.hand.deeds.book?.('T1');
    await step(bank.clock, 0);
    const { notice, entry } = await newest(bank);
    expect(await isNoticeOfBank(bank.identity, notice, bank.clock.nowMs())).toBe(true);
    expect(entry).toMatchObject(says);
  });
});

describe('people fill in transfers', () => {
  const reference = 'T1';
  test.each([
    { way: 'pay-spaced', payments: [{ reference, amountMinor: 8888n }], text: '<Ustrd>rf04 t1</Ustrd>' },
    { way: 'pay-unnamed', payments: [{ reference: '', amountMinor: 8888n }], text: '</RltdPties></TxDtls>' },
    { way: 'pay-mistyped', payments: [{ reference: '', amountMinor: 8888n }], text: '<Ustrd>RF04T7</Ustrd>' },
    { way: 'pay-unknown', payments: [{ amountMinor: 8888n }], text: 'NOORDEROFYOURS</Ref>' },
    { way: 'pay-short', payments: [{ reference, amountMinor: 4444n }], text: '>44.44</Amt>' },
    { way: 'pay-over', payments: [{ reference, amountMinor: 13_332n }], text: '>133.32</Amt>' },
    {
      way: 'pay-halves',
      payments: [
        { reference, amountMinor: 4444n },
        { reference, amountMinor: 4444n },
      ],
      text: '>44.44</Amt>',
    },
    { way: 'pay-for-other', payments: [{ reference, amountMinor: 8888n }], text: payers.other.name },
  ])('$way', async ({ way, payments, text }) => {
    const bank = await told(way);
    expect(bank.provider.records().payments).toMatchObject(payments);
    expect((await newest(bank)).text).toContain(text);
  });

  test('get it wrong where a fault says so, and only who pays as asked', async () => {
    const site = { ...noFaults, onTransfer: () => 'mistyped' as const };
    const payments = async (way: string) => (await told(way, { site })).provider.records().payments;
    expect(await payments('pay')).toMatchObject([{ reference: '' }]);
    expect(await payments('pay-spaced')).toMatchObject([{ reference: 'T1' }]);
  });

  test('slowly: for three days nothing is known of it', async () => {
    const bank = slipped();
    bank.hand.deeds['pay-slowly']?.('T1');
    await step(bank.clock, 3 * 86_400_000);
    expect(bank.sent).toEqual([]);
    await step(bank.clock, 3_300_000);
    expect((await newest(bank)).entry.status).toBe('BOOK');
  });

  test('and get their money back, in an entry of its own', async () => {
    const bank = await told('pay');
    bank.hand.deeds.return?.('T1');
    await step(bank.clock, 0);
    const { entry, text } = await newest(bank);
    expect(entry).toMatchObject({ creditDebitIndicator: 'DBIT', amount: { value: '88.88' } });
    expect(text).toContain('<RtrInf><Rsn><Cd>FOCR</Cd></Rsn></RtrInf>');
    expect(bank.hand.orders()).toMatchObject([{ status: 'returned', refundedMinor: 8888n }]);
    expect(() => bank.hand.deeds.return?.('T1')).toThrow(expect.objectContaining({ code: 'not-in-this-state' }));
  });

  test('once as they were asked, however often, and in any other way as often as they like', async () => {
    const bank = await told('pay');
    bank.hand.deeds.pay?.('T1');
    expect(bank.hand.orders()).toMatchObject([{ status: 'booked' }]);
    bank.hand.deeds['pay-short']?.('T1');
    bank.hand.deeds.book?.('T1');
    expect(bank.provider.records().payments).toMatchObject([{ amountMinor: 8888n }, { amountMinor: 4444n }]);
  });

  test('arrive at a time that the seed decides', () => {
    const arrivals = [1, 2].map(() => {
      const bank = slipped();
      bank.hand.deeds.pay?.('T1');
      let minutes = 0;
      while (bank.provider.records().payments.length === 0) {
        bank.clock.advance(60_000);
        minutes += 1;
      }
      return minutes;
    });
    expect(arrivals[0]).toBe(arrivals[1]);
  });
});

test.each([
  ['a b', 'letters or digits'],
  ['T1', 'used'],
])('an order %s is refused', (reference, why) => {
  const { hand } = slipped();
  const make = () => hand.order({ reference, amountMinor: 1n, webhookUrl: '' });
  expect(make).toThrow(expect.objectContaining({ code: 'order-refused', message: expect.stringContaining(why) }));
});

test('who is told what to pay needs no slip: his account has the currency', async () => {
  const { clock, provider } = slipped();
  provider.pay?.('RF90A1', { amountMinor: 500n, currency: 'CNY' });
  await step(clock, 3_600_000);
  expect(provider.records().payments).toMatchObject([{ reference: 'RF90A1', amountMinor: 500n, currency: 'CNY' }]);
});

test('nobody pays a slip that was never printed', () => {
  const { hand } = slipped();
  expect(() => hand.deeds.pay?.('T2')).toThrow(expect.objectContaining({ code: 'unknown-reference' }));
  expect(() => hand.resend('T1')).toThrow(expect.objectContaining({ code: 'nothing-to-resend' }));
});
