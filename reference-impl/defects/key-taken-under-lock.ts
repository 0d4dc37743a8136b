/**
 * Looks for the key and takes it afterwards, but alone: a lock on the key's text keeps every other request away from
 * both. Right, although it looks like the check that acts too late.
 */
import { soundParts } from '../parts.ts';
import { lookThenTake } from './key-checked-then-taken.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of key-checked-then-taken. */
export const keyTakenUnderLock = defineVariant({
  id: 'key-taken-under-lock',
  kind: 'look-alike',
  summary: 'Looks for the idempotency key before it takes it, under a lock on the key.',
  witness: 'concurrent-top-ups',
  invariant: 'no-double-charge',
  parts: {
    ...soundParts,
    idempotency: {
      ...soundParts.idempotency,
      take: async (db, request, orderId, leaseMs) => {
        await db.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${request.scope}/${request.key}`]);
        return lookThenTake(db, request, orderId, leaseMs);
      },
    },
  },
});
