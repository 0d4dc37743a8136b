/** Class R: the cloud keeps a text of ours with each grant, and shows it again. */
import type { GrantStrategy } from '../repeat-policy.ts';

/** The order's id is the text, so that whichever attempt arrived is found. What is not there by then never comes. */
export const echoed: GrantStrategy = {
  reference: (orderId) => orderId,
  waitsForArrival: true,
  startsFromOwnBooks: false,
  afterLostAnswer: async (cloud, { cloudAccountId, attempt }) => {
    const sighting = (await cloud.find?.(cloudAccountId, attempt.outBizId)) ?? { kind: 'refused', reason: 'no search' };
    if (sighting.kind === 'found') return 'granted';
    return sighting.kind === 'absent' ? 'repeat' : sighting;
  },
};
