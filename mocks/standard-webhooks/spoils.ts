/** Answers that are wrong on purpose; none is signed, so none can be signed wrongly. */
import { type Spoils, withText } from '../spoils.ts';
import { refusals } from './quirks.ts';
import { problemReply } from './wire.ts';

/**
 * `throttled` and `failed-inside` leave the call undone. `unavailable` may hide that it was done: unlike Stripe's, this
 * answer is not kept under the key, so the same call again tells, or does it.
 */
export const spoils: Spoils = {
  throttled: () => problemReply(refusals.tooOften),
  unavailable: () => problemReply(refusals.internal),
  'failed-inside': () => problemReply(refusals.internal, 200),
  tampered: (_call, genuine) => withText(genuine(), (text) => text.replaceAll(/"(\w*amount)":(?=[1-9])/g, '"$1":9')),
};
