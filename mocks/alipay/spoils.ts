/** Answers of the gateway that are wrong on purpose. */
import type { KeyObject } from 'node:crypto';
import type { Call, Reply } from '#harness/provider';
import { signText } from '../rsa.ts';
import { type Spoil, type Spoils, withoutHeaders, withText } from '../spoils.ts';
import { type Refusal, refusals } from './quirks.ts';
import type { Trades } from './states.ts';
import { type V3Pen, v3Refusal } from './v3.ts';
import { readParameters, signedReply, yuan } from './wire.ts';

const methodOf = (call: Call): string => readParameters(call).get('method') ?? '';

/** The envelope once more, its inner text signed by `key`, or by nobody. */
const resigned = (envelope: string, key?: KeyObject): string =>
  envelope.replace(/^\{"(\w+)":(.*),"sign":"[^"]*"\}$/s, (_all, name: string, inner: string) =>
    key === undefined ? `{"${name}":${inner}}` : `{"${name}":${inner},"sign":"${signText(inner, key)}"}`,
  );

/** The first of the fields that money or a buyer follows says something else; the signature stays. */
const changed = (envelope: string): string =>
  envelope.replace(/"(total_amount|refund_fee|qr_code|bill_download_url|out_trade_no)":"/, '"$1":"9');

/** Every figure of what was paid says what was ordered instead; the signature stays. */
const asOrdered = (envelope: string, trades: Trades): string => {
  const [, number = ''] = /"out_trade_no":"(\w+)"/.exec(envelope) ?? [];
  const [, total] = /"total_amount":"([\d.]+)"/.exec(envelope) ?? [];
  const trade = trades.byOutTradeNo(number);
  if (trade === undefined || total === undefined) return envelope;
  return envelope.replaceAll(`amount":"${total}"`, `amount":"${yuan(trade.amountMinor)}"`);
};

const isV3 = ({ path }: Call): boolean => path.startsWith('/v3/');

/** The answer signed once more by `key`, or by nobody: in its envelope, or, of v3, in its headers. */
const signedBy = (call: Call, reply: Reply, key?: KeyObject): Reply => {
  if (!isV3(call)) return withText(reply, (text) => resigned(text, key));
  if (key === undefined) return withoutHeaders(reply, 'alipay-');
  const [timestamp, nonce] = [reply.headers['alipay-timestamp'], reply.headers['alipay-nonce']];
  const signature = signText(`${timestamp}\n${nonce}\n${Buffer.from(reply.body).toString()}\n`, key);
  return { ...reply, headers: { ...reply.headers, 'alipay-signature': signature } };
};

/** `throttled`, `unavailable` and `failed-inside` leave the call undone, which `unavailable` does not tell (D). */
export const spoilsWith = (pen: V3Pen, trades: Trades): Spoils => {
  const refused =
    (refusal: Refusal): Spoil =>
    (call) =>
      isV3(call) ? v3Refusal(refusal, pen) : signedReply(methodOf(call), refusal, pen.keys.gateway);
  return {
    throttled: refused(refusals.tooOften),
    unavailable: refused(refusals.unavailable),
    'failed-inside': (call, genuine) => ({ ...refused(refusals.systemError)(call, genuine), status: 200 }),
    unsigned: (call, genuine) => signedBy(call, genuine()),
    'wrongly-signed': (call, genuine) => signedBy(call, genuine(), pen.keys.stranger),
    tampered: (_call, genuine) => withText(genuine(), changed),
    'told-as-ordered': (_call, genuine) => withText(genuine(), (text) => asOrdered(text, trades)),
  };
};
