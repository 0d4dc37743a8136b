/** Answers of Huawei Cloud that are wrong on purpose; none is signed, so none can be signed wrongly. */
import { type Spoils, withText } from '../spoils.ts';
import { gatewayRefusals, oldRefusals, refusals } from './quirks.ts';
import { refusalReply } from './wire.ts';

/** Of these only `tampered` has the call done; that the others have not, `unavailable` does not tell. */
export const spoilsWith = (makeRequestId: () => string): Spoils => ({
  throttled: () => refusalReply(gatewayRefusals.tooOften, makeRequestId()),
  unavailable: () => refusalReply(refusals.broken),
  'failed-inside': () => refusalReply({ ...refusals.broken, status: 200 }),
  'no-funds': ({ path }) => refusalReply(path.startsWith('/v1.0/') ? oldRefusals.noFunds : refusals.noFunds),
  tampered: (_call, genuine) =>
    withText(genuine(), (text) => text.replaceAll(/"(amount|avail_transfer_amount)":("?)(?=\d)/g, '"$1":$29')),
});
