/**
 * Looks at no fingerprint of the first request either, but compares what is asked for with the order that the key made.
 * Right, although it looks like the key that is compared alone.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The look-alike of key-compared-alone. */
export const keyComparedWithOrder = defineVariant({
  id: 'key-compared-with-order',
  kind: 'look-alike',
  summary: 'Compares a request under a known idempotency key with the order of that key, not with a fingerprint.',
  witness: 'key-reused',
  invariant: 'one-request-per-key',
  parts: {
    ...soundParts,
    idempotency: {
      ...soundParts.idempotency,
      isSame: async (db, { orderId }, { terms }) => {
        const { rows } = await db.query(
          `select from topup.orders where id = $1
             and array[wallet_id, cloud_account_id, amount_minor::text, currency::text, payment_provider, cloud]
               = $2::text[]`,
          [orderId, terms],
        );
        return rows.length === 1;
      },
    },
  },
});
