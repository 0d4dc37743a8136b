/** Paid notices that Alipay never sent, as strangers write them: everything looks right but what makes it authentic. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { Forgery, OutgoingWebhook } from '#harness/provider';
import type { Trade } from './states.ts';
import { noticeId, paidNotice } from './wire.ts';

/** A forged notice; `paymentId` is a trade number that no trade has. */
export interface ForgedNotice extends Pick<OutgoingWebhook, 'headers' | 'body' | 'eventId'> {
  readonly paymentId: string;
}

let strangersKey: KeyObject | undefined;

/** Made when first needed: to make a key takes longer than a hundred signatures. */
const keyOfStranger = (): KeyObject => {
  strangersKey ??= generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  return strangersKey;
};

const changes: Readonly<Record<Forgery, (form: URLSearchParams) => void>> = {
  unsigned: (form) => {
    form.delete('sign');
    form.delete('sign_type');
  },
  'foreign key': () => {},
  'changed amount': (form) => form.set('total_amount', `1${form.get('total_amount')}`),
  'other merchant': (form) => form.set('seller_id', '2088000000000000'),
};

/** The `nth` forged notice about the trade: paid in full, it says. */
export const forgedNotice = (
  trade: Trade,
  forgery: Forgery,
  nth: number,
  nowMs: number,
  key: KeyObject,
): ForgedNotice => {
  const paymentId = `${trade.tradeNo.slice(0, -4)}9${String(nth).padStart(3, '0')}`;
  const claimed: Trade = { ...trade, tradeNo: paymentId, paid: { amountMinor: trade.amountMinor, atMs: nowMs } };
  const { headers, body } = paidNotice(claimed, nowMs, forgery === 'foreign key' ? keyOfStranger() : key);
  const form = new URLSearchParams(Buffer.from(body).toString());
  changes[forgery](form);
  return { headers, body: Buffer.from(form.toString()), eventId: noticeId(claimed), paymentId };
};
