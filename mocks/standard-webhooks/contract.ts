/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, refusedIn, signed } from '../contract.ts';
import { operations, type Refusal, refusals, retryAfterS } from './quirks.ts';

/** Of every POST: it needs an idempotency key, and its body is JSON. */
const ofPosts = ['key-in-use', 'key-invalid', 'key-missing', 'key-reused', 'malformed-body'];

export const standardWebhooksContract: Contract = {
  signatures: [
    signed('request', 'none: an API key as Bearer', 'D'),
    signed('answer', 'none', 'D'),
    signed('notice', '`v1`: HMAC-SHA256 over `id.seconds.body` under the bytes behind `whsec_`, in base64', 'R'),
    signed('the same notice', '`v1a`: Ed25519 over the same text under the key of `whpk_`', 'D'),
    signed('for a day after the secret was replaced', 'both, under the new and under the old keys', 'D'),
    signed('each endpoint of the API', 'under keys of its own', 'D'),
  ],
  idempotency: [
    signed('every POST', 'Idempotency-Key is required: the first answer again, for 24 hours', 'D'),
    signed('another request under a key', '422 key-reused', 'D'),
    signed('a key in flight', '409 key-in-use', 'D'),
    signed('payment', 'one per reference that is pending or paid', 'C'),
  ],
  delivery: {
    retryAfterS,
    ends:
      'any 2xx within 15 s; 410 disables the endpoint, and so does the last failure; ' +
      'each retry comes up to a tenth later, or as Retry-After asks',
    known: 'D, the tenth C',
  },
  errors: refusedIn<Refusal>([refusals], ({ status, code, title }) => ({
    status,
    code,
    message: title,
  })),
  errorsKnown: 'those about keys D; the API belongs to no vendor',
  refusedAt: {
    everywhere: { operations: Object.values(operations), codes: ['unauthorized'] },
    own: {
      [operations.createPayment]: ['invalid-field', ...ofPosts, 'reference-taken'],
      [operations.listPayments]: ['invalid-field'],
      [operations.readPayment]: ['no-such-payment'],
      [operations.cancelPayment]: [...ofPosts, 'no-such-payment', 'wrong-state'],
      [operations.createRefund]: ['invalid-field', ...ofPosts, 'no-such-payment', 'refund-too-large', 'wrong-state'],
      [operations.createEndpoint]: ['invalid-field', ...ofPosts],
      [operations.readEndpoint]: ['no-such-endpoint'],
      [operations.rotateSecret]: [...ofPosts],
      [operations.rotateEndpointSecret]: [...ofPosts, 'no-such-endpoint'],
    },
    nowhere: ['method-not-allowed', 'no-such-route', 'unauthorized'],
    byRequest: ['internal-error', 'too-many-requests'],
  },
};
