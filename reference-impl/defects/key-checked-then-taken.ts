/**
 * Looks whether the key is known, and takes it afterwards. In the wild: the double clicks of every shop whose check and
 * insert are two statements. Witness: two create requests under one key at once.
 */
import { type Idempotency, takeKey } from '../idempotency/claim.ts';
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** False when the key is there already. */
export const lookThenTake: Idempotency['take'] = async (db, request, orderId, leaseMs) => {
  const { rows } = await db.query('select from topup.idempotency_keys where scope = $1 and key = $2', [
    request.scope,
    request.key,
  ]);
  if (rows.length > 0) return false;
  await takeKey(db, request, orderId, leaseMs); // whoever came in between keeps the key, and both go on
  return true;
};

/** The defect that charges a double click twice. */
export const keyCheckedThenTaken = defineVariant({
  id: 'key-checked-then-taken',
  kind: 'defect',
  summary: 'Looks for the idempotency key before it takes it, and answers each request with the order it made.',
  witness: 'concurrent-top-ups',
  invariant: 'no-double-charge',
  parts: {
    ...soundParts,
    idempotency: { ...soundParts.idempotency, take: lookThenTake, keep: async (_db, _request, answer) => answer },
  },
});
