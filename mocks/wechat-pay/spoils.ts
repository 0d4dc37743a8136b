/** Answers of WeChat Pay that are wrong on purpose. */
import type { KeyObject } from 'node:crypto';
import type { Call, Reply } from '#harness/provider';
import { lettersFrom } from '../numbers.ts';
import { type Spoil, type Spoils, withoutHeaders, withText } from '../spoils.ts';
import type { Pen } from './notices.ts';
import { merchant, type Refusal, refusals, staleSerial } from './quirks.ts';
import { signedHeaders } from './sign.ts';
import type { Orders } from './states.ts';
import { jsonReply, refusalReply } from './wire.ts';

const mchidOf = ({ headers }: Call): string => /mchid="(\d+)"/.exec(headers.authorization ?? '')?.[1] ?? merchant.mchid;

/** A digit of an amount, or of the address at which the buyer pays, is another one; the signature stays. */
const changed = (text: string): string =>
  text
    .replaceAll(/"(total|payer_total|refund)":(?=\d)/g, '"$1":9')
    .replace(/"(code_url|prepay_id|h5_url|out_trade_no)":"/, '"$1":"9');

/** The amounts of what was paid say what was ordered instead; the signature stays. */
const asOrdered = (text: string, amountMinor: bigint | undefined): string =>
  amountMinor === undefined ? text : text.replaceAll(/"(total|payer_total)":\d+/g, `"$1":${amountMinor}`);

/**
 * `throttled`, `unavailable` and `failed-inside` leave the call undone, which `unavailable` does not tell (D: the same
 * number again). A stale certificate signs rightly, by a serial number that no merchant knows any more.
 */
export const spoilsWith = (
  pen: Pen,
  sign: (reply: Reply, mchid: string) => Reply,
  { byOutTradeNo }: Pick<Orders, 'byOutTradeNo'>,
): Spoils => {
  const refused =
    (refusal: Refusal): Spoil =>
    (call) =>
      sign(refusalReply(refusal), mchidOf(call));
  const resigned = (reply: Reply, key: KeyObject, serial: string | undefined): Reply => {
    const body = Buffer.from(reply.body).toString();
    const given = { nowMs: pen.wall.nowMs(), nonce: lettersFrom(pen.random, 32), key };
    return {
      ...reply,
      headers: { ...reply.headers, ...signedHeaders(body, { ...given, serial: serial ?? staleSerial }) },
    };
  };
  return {
    throttled: refused(refusals.tooOften),
    unavailable: refused(refusals.systemError),
    'failed-inside': (call) => {
      const { code, message } = refusals.systemError;
      return sign(jsonReply(200, { code, message }), mchidOf(call));
    },
    unsigned: (_call, genuine) => withoutHeaders(genuine(), 'wechatpay-'),
    'wrongly-signed': (_call, genuine) => {
      const reply = genuine();
      return resigned(reply, pen.keys.merchant, reply.headers['Wechatpay-Serial']);
    },
    'stale-certificate': (_call, genuine) => resigned(genuine(), pen.keys.platform, undefined),
    tampered: (_call, genuine) => withText(genuine(), changed),
    'told-as-ordered': (call, genuine) =>
      withText(genuine(), (text) => {
        const [, number = ''] = /"out_trade_no":"([^"]+)"/.exec(text) ?? [];
        return asOrdered(text, byOutTradeNo(mchidOf(call), number)?.amountMinor);
      }),
  };
};
