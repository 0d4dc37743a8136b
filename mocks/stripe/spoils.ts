/** Answers of Stripe that are wrong on purpose; none is signed, so none can be signed wrongly. */
import { type Spoil, type Spoils, withText } from '../spoils.ts';
import type { Keys } from './idempotency.ts';
import { refusals } from './quirks.ts';
import { answerReply } from './wire.ts';

/**
 * `throttled` and `failed-inside` leave the call undone; `unavailable` does too, and is kept under its idempotency key:
 * with the same key it will never be done (D).
 */
export const spoilsWith = (keys: Keys): Spoils => {
  const unavailable: Spoil = (call) => {
    keys.keep(call, refusals.unavailable);
    return answerReply(refusals.unavailable);
  };
  return {
    throttled: () => answerReply(refusals.tooOften),
    unavailable,
    'failed-inside': () => ({ ...answerReply(refusals.unavailable), status: 200 }),
    tampered: (_call, genuine) =>
      withText(genuine(), (text) => text.replaceAll(/"(amount|amount_received|amount_total)": (?=\d)/g, '"$1": 9')),
  };
};
