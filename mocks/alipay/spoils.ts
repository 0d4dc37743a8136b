/** Answers of the gateway that are wrong on purpose. */
import type { KeyObject } from 'node:crypto';
import type { Call } from '#harness/provider';
import { signText } from '../rsa.ts';
import { type Spoil, type Spoils, withText } from '../spoils.ts';
import { type Refusal, refusals } from './quirks.ts';
import type { Keys } from './sign.ts';
import { readParameters, signedReply } from './wire.ts';

const methodOf = (call: Call): string => readParameters(call).get('method') ?? '';

/** The envelope once more, its inner text signed by `key`, or by nobody. */
const resigned = (envelope: string, key?: KeyObject): string =>
  envelope.replace(/^\{"(\w+)":(.*),"sign":"[^"]*"\}$/s, (_all, name: string, inner: string) =>
    key === undefined ? `{"${name}":${inner}}` : `{"${name}":${inner},"sign":"${signText(inner, key)}"}`,
  );

/** The first of the fields that money or a buyer follows says something else; the signature stays. */
const changed = (envelope: string): string =>
  envelope.replace(/"(total_amount|refund_fee|qr_code|bill_download_url|out_trade_no)":"/, '"$1":"9');

/** `throttled`, `unavailable` and `failed-inside` leave the call undone, which `unavailable` does not tell (D). */
export const spoilsWith = (keys: Keys): Spoils => {
  const refused =
    (refusal: Refusal): Spoil =>
    (call) =>
      signedReply(methodOf(call), refusal, keys.gateway);
  return {
    throttled: refused(refusals.tooOften),
    unavailable: refused(refusals.unavailable),
    'failed-inside': refused(refusals.systemError),
    unsigned: (_call, genuine) => withText(genuine(), (text) => resigned(text)),
    'wrongly-signed': (_call, genuine) => withText(genuine(), (text) => resigned(text, keys.stranger)),
    tampered: (_call, genuine) => withText(genuine(), changed),
  };
};
