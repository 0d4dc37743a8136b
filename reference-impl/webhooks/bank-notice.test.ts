/** What is believed of the bank's notices, and what is not. */
import { expect, test } from 'vitest';
import { bankReferenceOf } from '../payments/bank-reference.ts';
import { bankConfig, bankHeaders, bankMessage, type Signing, stranger, type ToldEntry } from '../test-bank.ts';
import { beginMs } from '../test-world.ts';
import { bankInlet } from './bank-notice.ts';
import { verifiedNotice } from './inlet.ts';

const orderId = 'ord_00112233445566778899aabb';
const structured = `<Strd><CdtrRefInf><Ref>${bankReferenceOf(orderId)}</Ref></CdtrRefInf></Strd>`;
const parts = { '"@method"': 'POST', '"content-type"': '', '"content-digest"': '' };
const inlet = bankInlet({ 'bank-transfer': bankConfig });

const judged = (body: string, headers: Headers, atMs = beginMs) =>
  verifiedNotice(inlet, { body: Buffer.from(body), headers, atMs });
const told = (entry: Omit<ToldEntry, 'id'>, iban = bankConfig.ibanCNY, signing: Signing = {}) => {
  const body = bankMessage('054', iban, [{ id: 'BT1', remittance: structured, ...entry }]);
  return judged(body, bankHeaders(body, parts, signing));
};

test('money that came is read to the fen', () => {
  expect(told({})).toEqual({
    provider: 'bank-transfer',
    eventId: 'message-1',
    orderId,
    tradeNo: 'BT1',
    status: 'credit',
    isPaid: true,
    amountMinor: 1000n,
    currency: 'CNY',
  });
});

test.each([
  ['as people wrote it', { remittance: `<Ustrd>${bankReferenceOf(orderId)?.toLowerCase()}</Ustrd>` }, { orderId }],
  ['without a reference', { remittance: '' }, { orderId: '', isPaid: true }],
  ['that is only expected', { status: 'PDNG' }, { isPaid: false }],
  ['that goes back', { side: 'DBIT' }, { isPaid: false }],
  ['in three decimals', { amount: '10.001' }, { amountMinor: undefined }],
] as const)('money %s', (_, entry, says) => {
  expect(told(entry)).toMatchObject(says);
});

test.each([
  ['signed by a stranger', { key: stranger }, 'signature'],
  ['under another key', { keyId: 'bank-2' }, 'signature'],
  ['of an hour ago', { createdMs: beginMs - 3_600_000 }, 'timestamp'],
  ['of the next hour', { createdMs: beginMs + 3_600_000 }, 'timestamp'],
] as const)('a notice %s is not believed', (_, signing, reason) => {
  expect(told({}, bankConfig.ibanCNY, signing)).toBe(reason);
});

test('one about an account of somebody else is not for us', () => {
  expect(told({}, 'DE02CNY')).toBe('recipient');
});

test('nor is believed what nobody signed, what was changed since, and what covers less than it should', () => {
  const body = bankMessage('054', bankConfig.ibanCNY, [{ id: 'BT1', remittance: structured }]);
  const more = body.replace('10.00', '90.00');
  const headers = bankHeaders(body, parts);
  expect(judged(body, new Headers())).toBe('malformed');
  expect(judged(more, headers)).toBe('signature');
  const digest = bankHeaders(more, parts).get('content-digest') ?? '';
  expect(judged(more, new Headers([...headers, ['content-digest', digest]]))).toBe('signature');
  expect(judged(body, bankHeaders(body, { '"@method"': 'POST' }))).toBe('signature');
});

test('what is signed and is no notice', () => {
  for (const body of ['', '<Document/>', '{}', bankMessage('052', bankConfig.ibanCNY, [{ id: 'BT1' }])].slice(0, 3))
    expect(judged(body, bankHeaders(body, parts))).toBe('malformed');
});
