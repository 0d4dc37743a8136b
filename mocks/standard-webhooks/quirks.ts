/**
 * Facts about Standard Webhooks 1.0.0, and the generic payment provider that sends them. Marks: R run with the
 * official library standardwebhooks 1.1.1, S read in its code, D the specification or a draft of the IETF, M from
 * memory: check before relying on it, C chosen here, which claims nothing.
 *
 * D, where nothing else is named: standard-webhooks/standard-webhooks, spec/standard-webhooks.md, and, about keys of
 * idempotency, datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header version 07.
 *
 * The specification is about webhooks alone. The API around them belongs to no vendor; it is put together from
 * public drafts and standards: Bearer keys (RFC 6750), problem details (RFC 9457), and the Idempotency-Key header.
 * Its routes and fields are C.
 *
 * Simpler here: endpoints that are made by hand share the secret that is printed (D: each should have its own, as
 * those have that are made by the API); 429, 502 and 504 throttle nothing else (D: recommended); nobody is told
 * besides that an endpoint was disabled (D: he should be). Svix's own header names (`svix-id`, …), its
 * `webhook-delivery` and its schedule of eight attempts (docs.svix.com/retries) are not its.
 */

/** The operations served (C). */
export const operations = {
  createPayment: 'POST /v1/payments',
  listPayments: 'GET /v1/payments',
  readPayment: 'GET /v1/payments/{payment}',
  cancelPayment: 'POST /v1/payments/{payment}/cancel',
  createRefund: 'POST /v1/payments/{payment}/refunds',
  createEndpoint: 'POST /v1/webhook-endpoints',
  readEndpoint: 'GET /v1/webhook-endpoints/{endpoint}',
  rotateSecret: 'POST /v1/webhook-secret/rotate',
  rotateEndpointSecret: 'POST /v1/webhook-endpoints/{endpoint}/secret/rotate',
} as const;

/** Seconds before each retry: the example of the specification, over three days (D). */
export const retryAfterS: readonly number[] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];

/** How much longer than its time a retry waits at most, drawn for each (D: some level of jitter; how much C). */
export const jitterMax = 0.1;

/** The longest wait that a receiver may ask for by Retry-After, which the schedule else minds (D; the bound C). */
export const retryAfterMaxMs = 86_400_000;

/** How long an answer is awaited (D: 15 to 30 s). */
export const answerWithinMs = 15_000;

/** Any of them ends the retries; a redirect is a failure (D). */
export const isAcknowledged = (status: number): boolean => status >= 200 && status < 300;

/** The answer by which an endpoint says that it wants no webhook any more: it is disabled (D). */
export const goneStatus = 410;

/** How far the clocks of sender and receiver may be apart, in both directions (R). */
export const toleranceMs = 300_000;

/**
 * For how long a secret that was replaced still signs, beside its successor (D: a set period; a day at several
 * senders, for example developers.abyssale.com).
 */
export const retiringMs = 86_400_000;

/** After it a key may be forgotten, and the same request under it is a new one (D: up to the server). */
export const keyLivesMs = 86_400_000;

/** Longest idempotency key, quotes not counted (C: the draft names no bound; Stripe's is this). */
export const keyLengthMax = 255;

/** The merchant's number of a payment (C). */
export const referenceForm = /^[\w.:-]{1,64}$/;

/** Bounds of an amount in minor units (C). */
export const amountMinorRange = { min: 1n, max: 9_999_999_999n } as const;

/** The currencies served (C); an amount counts their smallest coins. */
export const currencies: readonly string[] = ['CNY', 'EUR', 'HKD', 'JPY', 'USD'];

/** Which notices there are (C). */
export const noticeTypes = {
  created: 'payment.created',
  succeeded: 'payment.succeeded',
  declined: 'payment.declined',
  canceled: 'payment.canceled',
  refunded: 'payment.refunded',
} as const;

/** What the mock issues to its one merchant (C). */
export const account = { apiKey: 'topple-test-standard-webhooks-api-key', merchantId: 'mer_topple_test' } as const;

/** A merchant of the same provider (C). */
export const otherMerchantId = 'mer_somebody_else';

/** A refusal as problem details; `isStored` says whether an idempotency key keeps it. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly isStored: boolean;
}

const unstored = (status: number, code: string, title: string, detail = ''): Refusal => ({
  status,
  code,
  title,
  detail,
  isStored: false,
});

/** What is refused after work on the call has begun. */
const stored = (status: number, code: string, title: string, detail: string): Refusal => ({
  ...unstored(status, code, title, detail),
  isStored: true,
});

/** The refusals. Those about keys D, with the draft's statuses and titles; all others made up. */
export const refusals = {
  unauthorized: unstored(401, 'unauthorized', 'The API key is missing or wrong', 'Send it as a Bearer token.'),
  noSuchRoute: (asked: string) => unstored(404, 'no-such-route', 'There is no such route', asked),
  otherMethod: (asked: string) => unstored(405, 'method-not-allowed', 'This route has no such method', asked),
  malformed: unstored(400, 'malformed-body', 'The body is not a JSON object'),
  invalid: (field: string) => unstored(422, 'invalid-field', 'A field is missing or cannot be used', field),
  keyMissing: unstored(
    400,
    'key-missing',
    'Idempotency-Key is missing',
    'This operation is idempotent and it requires correct usage of Idempotency Key.',
  ),
  keyInvalid: unstored(400, 'key-invalid', 'Idempotency-Key cannot be used', `It has 1 to ${keyLengthMax} characters.`),
  keyReused: unstored(
    422,
    'key-reused',
    'Idempotency-Key is already used',
    'This operation is idempotent and it requires correct usage of Idempotency Key. ' +
      'Idempotency Key MUST not be reused across different payloads of this operation.',
  ),
  keyInUse: unstored(
    409,
    'key-in-use',
    'A request is outstanding for this Idempotency-Key',
    'A request with the same Idempotency-Key for the same operation is being processed or is outstanding.',
  ),
  noSuchPayment: (id: string) => stored(404, 'no-such-payment', 'There is no such payment', id),
  noSuchEndpoint: (id: string) => stored(404, 'no-such-endpoint', 'There is no such endpoint', id),
  referenceTaken: (reference: string) =>
    stored(409, 'reference-taken', 'A payment of this reference is waiting or paid', reference),
  otherState: (status: string) => stored(409, 'wrong-state', 'The state of the payment does not allow it', status),
  refundTooLarge: (leftMinor: string) =>
    stored(422, 'refund-too-large', 'The refund is larger than what is left of the payment', leftMinor),
  tooOften: unstored(429, 'too-many-requests', 'There were too many requests', 'Nothing was done.'),
  /** Nobody knows whether it was done; the same call under the same key finds out, and does it at most once. */
  internal: unstored(500, 'internal-error', 'Something went wrong'),
} as const;
