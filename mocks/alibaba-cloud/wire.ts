/** Alibaba Cloud's bytes: parameters from the query, JSON envelopes out, yuan as decimal strings. */
import { fromDecimal, toDecimal } from '#harness/money';
import type { Call, Reply } from '#harness/provider';
import { hostId, type Refusal, refusals } from './quirks.ts';
import type { QuotaChange } from './states.ts';

const reply = (status: number, body: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json;charset=utf-8' },
  body: Buffer.from(JSON.stringify(body)),
});

/** HTTP 200 with an amount. Every field is text but Success: the vendor's SDK throws on another JSON type. */
export const successReply = (requestId: string, availableMinor: bigint): Reply =>
  reply(200, {
    Code: '200',
    Message: 'successful',
    Data: toDecimal({ amountMinor: availableMinor, currency: 'CNY' }),
    RequestId: requestId,
    Success: true,
  });

/** HTTP 200 that is not a success: only `Success` and `Code` say so. */
export const businessRefusalReply = (requestId: string, refusal: { code: string; message: string }): Reply =>
  reply(200, { Code: refusal.code, Message: refusal.message, RequestId: requestId, Success: false });

/** HTTP 4xx of the gateway. */
export const refusalReply = (requestId: string, { status, code, message }: Refusal): Reply =>
  reply(status, { Code: code, Message: message, RequestId: requestId, HostId: hostId });

/** Account numbers are read as text: as JavaScript numbers they break above 2^53. */
export const readOwnerId = (call: Call): string | Refusal => {
  const ownerId = call.query.get('OwnerId') ?? '';
  return /^\d{1,19}$/.test(ownerId) ? ownerId : refusals.parameter('OwnerId');
};

const readAmount = (decimal: string): bigint | undefined => {
  try {
    const { amountMinor } = fromDecimal(decimal, 'CNY');
    return amountMinor > 0n ? amountMinor : undefined;
  } catch {
    return undefined;
  }
};

/** The change that a call asks for, or the refusal of the first parameter that cannot be used. */
export const readChange = (call: Call): QuotaChange | Refusal => {
  const text = (name: string) => call.query.get(name) ?? '';
  const ownerId = readOwnerId(call);
  if (typeof ownerId !== 'string') return ownerId;
  const adjustType = text('AdjustType');
  if (adjustType !== 'increase' && adjustType !== 'decrease') return refusals.parameter('AdjustType');
  const amountMinor = readAmount(text('Amount'));
  if (amountMinor === undefined) return refusals.parameter('Amount');
  if (text('Currency') !== 'CNY') return refusals.parameter('Currency');
  const [businessType, source, outBizId] = [text('BusinessType'), text('Source'), text('OutBizId')];
  return { outBizId, ownerId, adjustType, amountMinor, businessType, source };
};
