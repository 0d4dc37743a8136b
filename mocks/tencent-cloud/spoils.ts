/** Answers of Tencent Cloud that are wrong on purpose; none is signed, so none can be signed wrongly. */
import type { Call } from '#harness/provider';
import { type Spoils, withText } from '../spoils.ts';
import { commonRefusals, operations, operationTable, refusals } from './quirks.ts';
import { readAsked, refusalReply } from './wire.ts';

const actionOf = (call: Call): string => readAsked(call)?.action ?? '';

/** Of these only `tampered` has the call done; that the others have not, `unavailable` does not tell. */
export const spoilsWith = (makeRequestId: () => string): Spoils => ({
  throttled: (call) => {
    const { callsPerSecondMax = 0 } = operationTable.get(actionOf(call)) ?? {};
    return refusalReply(makeRequestId(), commonRefusals.tooOften(callsPerSecondMax));
  },
  unavailable: () => refusalReply(makeRequestId(), refusals.internal),
  'failed-inside': () => refusalReply(makeRequestId(), refusals.failed),
  'no-funds': (call) => {
    const isAbroad = actionOf(call) === operations.allocate;
    return refusalReply(makeRequestId(), isAbroad ? refusals.outOfRange : refusals.noFunds);
  },
  tampered: (_call, genuine) =>
    withText(genuine(), (text) => text.replaceAll(/"(\w*Credit|ClientCreditAfter|Balance|Cash)":(?=\d)/g, '"$1":9')),
});
