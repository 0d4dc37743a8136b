/** The bank's notices (camt.054): one entry of an account of ours, signed by the bank. */
import { needed, type PaymentConfigs } from '../config.ts';
import { bankReportIn } from '../payments/bank-messages.ts';
import { orderIdIn } from '../payments/bank-reference.ts';
import { bankProblemWith, bankSignatureHeaders } from '../payments/bank-sign.ts';
import { publicKeyFrom } from '../payments/keys.ts';
import type { Inlet, Notice, Told } from './inlet.ts';

/** What the bank signs of a notice; '' is a header's own value. */
const parts = { '"@method"': 'POST', '"content-type"': '', '"content-digest"': '' };

const reportIn = (body: Uint8Array) => bankReportIn(Buffer.from(body).toString());

/** Money without an order of ours is told under the order '': nothing may be credited for it. */
const noticeIn = ({ body }: Told): Notice | undefined => {
  const report = reportIn(body);
  const [entry, ...others] = report?.entries ?? [];
  if (report === undefined || entry === undefined || others.length > 0 || entry.id === '') return undefined;
  const { side, isBooked, amountMinor, currency } = entry;
  return {
    provider: 'bank-transfer',
    eventId: report.id,
    orderId: orderIdIn(entry.reference),
    tradeNo: entry.id,
    status: isBooked ? side : 'expected',
    isPaid: isBooked && side === 'credit',
    amountMinor,
    currency,
  };
};

/** The way in for notices about our accounts. */
export const bankInlet = (payments: PaymentConfigs): Inlet => {
  const config = needed(payments, 'bank-transfer');
  const bank = { id: config.bankKeyId, key: publicKeyFrom(config.bankPublicKey) };
  const own = [config.ibanCNY, config.ibanUSD];
  return {
    provider: 'bank-transfer',
    contentType: 'application/xml',
    signatureHeaders: bankSignatureHeaders,
    isSigned: ({ headers }) => headers.get('signature') !== null,
    forgeryIn: ({ body, headers, atMs }) => bankProblemWith({ body, headers }, parts, atMs, bank),
    strayIn: (body) => {
      const iban = reportIn(body)?.iban;
      return iban === undefined || own.includes(iban) ? undefined : 'recipient';
    },
    noticeIn,
    acknowledge: () => new Response(null, { status: 204 }),
    refuse: (status) => new Response(null, { status }),
  };
};
