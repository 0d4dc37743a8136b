/** Class A: the cloud is told what the account shall have, not what is added: what our own books say, and more. */
import type { GrantStrategy } from '../repeat-policy.ts';

/**
 * The same amount is set again, whether it was set or not. Not before the lost call can no longer arrive: behind the
 * next order's grant it would take that one back.
 */
export const absolute: GrantStrategy = {
  reference: (orderId) => orderId,
  waitsForArrival: true,
  startsFromOwnBooks: true,
  afterLostAnswer: async () => 'repeat',
};
