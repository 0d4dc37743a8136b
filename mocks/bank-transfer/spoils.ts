/** Answers of the bank that are wrong on purpose. */
import type { Call, Reply } from '#harness/provider';
import { type Spoils, withoutHeaders, withText } from '../spoils.ts';
import { refusals } from './quirks.ts';
import { problemReply } from './wire.ts';

/** Signs an answer to a call; `strangely` by a key that the merchant does not know under that name. */
export type Sign = (reply: Reply, call: Call, how?: 'strangely') => Reply;

/** Queries alone can be asked, so that none of these answers hides that something was done. */
export const spoilsWith = (sign: Sign): Spoils => ({
  throttled: (call) => sign(problemReply(refusals.tooOften), call),
  unavailable: (call) => sign(problemReply(refusals.unavailable), call),
  'failed-inside': (call) => sign(problemReply(refusals.unavailable, 200), call),
  unsigned: (_call, genuine) => withoutHeaders(genuine(), 'signature'),
  'wrongly-signed': (call, genuine) => sign(withoutHeaders(genuine(), 'signature'), call, 'strangely'),
  tampered: (_call, genuine) => withText(genuine(), (text) => text.replaceAll(/(<Amt Ccy="\w+">)(?=[1-9])/g, '$19')),
});
