/**
 * Takes the same lease, to spare others the work, and still asks the order itself whether it waits for its credit: who
 * was overtaken finds it credited. Right, although the lease runs out there, too.
 */
import { creditOrder } from '../ledger/credit-order.ts';
import { soundParts } from '../parts.ts';
import { underLease } from './lease-taken-for-lock.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of lease-taken-for-lock. */
export const leaseBesideState = defineVariant({
  id: 'lease-beside-state',
  kind: 'look-alike',
  summary: 'Credits under a lease, and only if the order moves from paid to credited.',
  witness: 'concurrent-top-ups',
  invariant: 'no-double-credit',
  parts: { ...soundParts, credit: underLease(creditOrder) },
  overlay: new URL('./lease-taken-for-lock.sql', import.meta.url),
});
