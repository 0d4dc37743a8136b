/**
 * Takes a known key for the known request: whoever brings it gets the first order, whatever was asked for. In the wild:
 * josipmusa/idempotency4j #12, and each middleware that caches an answer by the key alone. Witness: a client that
 * derives its key from a screen or a session, and orders twice.
 */
import { soundParts } from '../parts.ts';
import { defineVariant } from './variant.ts';

/** The defect that answers one request with the order of another. */
export const keyComparedAlone = defineVariant({
  id: 'key-compared-alone',
  kind: 'defect',
  summary: 'Answers each request under a known idempotency key with the order of that key, whatever it asks for.',
  witness: 'key-reused',
  invariant: 'one-request-per-key',
  parts: { ...soundParts, idempotency: { ...soundParts.idempotency, isSame: async () => true } },
});
