/** Answers of Alibaba Cloud that are wrong on purpose; none is signed, so none can be signed wrongly. */
import { type Spoils, withText } from '../spoils.ts';
import { businessRefusals, refusals } from './quirks.ts';
import { businessRefusalReply, refusalReply } from './wire.ts';

/** Of these only `tampered` has the call done; that the others have not, `unavailable` does not tell. */
export const spoilsWith = (makeRequestId: () => string): Spoils => ({
  throttled: () => refusalReply(makeRequestId(), refusals.tooOften),
  unavailable: () => refusalReply(makeRequestId(), refusals.inner),
  'failed-inside': () => businessRefusalReply(makeRequestId(), refusals.internal),
  'no-funds': () => businessRefusalReply(makeRequestId(), businessRefusals.floatSpent),
  tampered: (_call, genuine) =>
    withText(genuine(), (text) => text.replaceAll(/"(Data|AvailableAmount|Amount|Balance)":"(?=\d)/g, '"$1":"9')),
});
