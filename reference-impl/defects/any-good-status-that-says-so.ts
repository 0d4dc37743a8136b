/**
 * Takes any HTTP status from 200 to 299 for a good one, if the answer says that it succeeded. Right, although looser:
 * what decides is the answer.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of status-taken-for-success. */
export const anyGoodStatusThatSaysSo = defineVariant({
  id: 'any-good-status-that-says-so',
  kind: 'look-alike',
  summary: 'Accepts each status of the 200s, and asks the answer itself whether it is a success.',
  witness: 'failures-inside',
  invariant: 'granted-once',
  parts: { ...soundParts, isSuccess: ({ status, saysSo }) => status >= 200 && status < 300 && saysSo },
});
