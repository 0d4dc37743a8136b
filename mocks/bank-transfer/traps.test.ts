/** What the libraries leave to whoever uses them: each of these costs money. */
import { httpbis } from 'http-message-signatures';
import { expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { clockAtNewYear, step } from '../test-ports.ts';
import { accounts } from './quirks.ts';
import { isAnswerOfBank, keyLookupOf, openApi, readMessage, slipped } from './test-sdk.ts';

const transactions = `/v1/accounts/${accounts.USD}/transactions`;

/** A bank with a payment for T1, filled in this `way`, and its answer as the libraries have it. */
const paid = async (way: string) => {
  const api = await openApi({ clock: clockAtNewYear() });
  api.hand.order({ reference: 'T1', amountMinor: 1000n, webhookUrl: '' });
  api.hand.deeds[way]?.('T1');
  api.hand.deeds.book?.('T1');
  return { ...api, ...(await api.ask(transactions)) };
};

test('a message without a signature is neither right nor wrong for http-message-signatures: it says null', async () => {
  const { identity, answer, request } = await paid('pay');
  const { signature: _, 'signature-input': __, ...headers } = answer.headers;
  const config = { keyLookup: keyLookupOf(identity) };
  expect(await httpbis.verifyMessage(config, { ...answer, headers }, request)).toBeNull();
});

test('it verifies the digest as text, and never looks at the body', async () => {
  const { identity, answer, request } = await paid('pay');
  const body = Buffer.from(Buffer.from(answer.body).toString().replace('10.00', '99.00'));
  const config = { keyLookup: keyLookupOf(identity), requiredFields: ['content-digest'] };
  expect(await httpbis.verifyMessage(config, answer, request)).toBe(true);
  expect(await isAnswerOfBank(identity, request, { ...answer, body })).toBe(false);
});

test('its tolerance makes signatures older: with five minutes of both, one of a second ago is too old', async () => {
  const { identity, answer, request } = await paid('pay');
  const created = answer.headers['signature-input']?.match(/created=(\d+)/)?.[1];
  await expect.poll(() => Math.floor(systemClock.nowMs() / 1_000), { timeout: 5_000 }).toBeGreaterThan(Number(created));
  const config = { keyLookup: keyLookupOf(identity), maxAge: 300, tolerance: 300 };
  await expect(httpbis.verifyMessage(config, answer, request)).rejects.toThrow('too old');
});

test('camt-parser reads structured references, and loses what people wrote as text', async () => {
  const referenceIn = async (way: string) => {
    const [entry] = (await readMessage((await paid(way)).text)).statements[0]?.transactions ?? [];
    return entry?.details[0]?.remittanceInformation?.structured.creditorReferenceInformation.reference;
  };
  expect([await referenceIn('pay'), await referenceIn('pay-spaced')]).toEqual(['RF04T1', undefined]);
});

test('it lists money that is only expected beside money that has come', async () => {
  const { clock, hand, provider, sent } = slipped({
    site: {
      onCall: () => 'answer',
      onWebhook: () => ({ lost: false, copiesAfterMs: [], falsehood: 'status' }),
      onCapture: ({ amountMinor }) => amountMinor,
      onOrder: () => [],
      onMoment: () => undefined,
    },
  });
  hand.deeds.pay?.('T1');
  hand.deeds.book?.('T1');
  await step(clock, 0);
  const message = await readMessage(Buffer.from(sent[0]?.body ?? []).toString());
  expect(message.statements[0]?.transactions).toMatchObject([{ status: 'PDNG', amount: { value: '88.88' } }]);
  expect(provider.records().deliveries).toMatchObject([{ spoilt: 'status' }]);
});

test('a return has the reference of the payment, and only the side of the entry tells them apart', async () => {
  const { ask, hand } = await paid('pay');
  hand.deeds.return?.('T1');
  const entries = (await readMessage((await ask(transactions)).text)).statements[0]?.transactions ?? [];
  expect(entries.map(({ amount, creditDebitIndicator }) => [amount.value, creditDebitIndicator])).toEqual([
    ['10.00', 'CRDT'],
    ['10.00', 'DBIT'],
  ]);
  const references = entries.map(({ details }) => details[0]?.remittanceInformation?.structured);
  expect(references[0]).toEqual(references[1]);
});
