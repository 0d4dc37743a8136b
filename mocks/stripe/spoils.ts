/** Answers of Stripe that are wrong on purpose; none is signed, so none can be signed wrongly. */
import type { Reply } from '#harness/provider';
import { type Spoil, type Spoils, withText } from '../spoils.ts';
import type { Keys } from './idempotency.ts';
import { type Refusal, refusals } from './quirks.ts';
import { jsonReply } from './wire.ts';

const errorReply = ({ status, error }: Refusal, as = status): Reply => jsonReply(as, { error });

/**
 * `throttled` and `failed-inside` leave the call undone; `unavailable` does too, and is kept under its idempotency key:
 * with the same key it will never be done (D).
 */
export const spoilsWith = (keys: Keys): Spoils => {
  const unavailable: Spoil = (call) => {
    const reply = errorReply(refusals.unavailable);
    keys.keep(call, reply);
    return reply;
  };
  return {
    throttled: () => errorReply(refusals.tooOften),
    unavailable,
    'failed-inside': () => errorReply(refusals.unavailable, 200),
    tampered: (_call, genuine) =>
      withText(genuine(), (text) => text.replaceAll(/"(amount|amount_received|amount_total)": (?=\d)/g, '"$1": 9')),
  };
};
