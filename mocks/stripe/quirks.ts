/**
 * Facts about Stripe's API v1 that no code can show. Marks: R run with stripe-node 23.1.0, S read in its code, D a
 * page of docs.stripe.com or an answer of the real API that somebody published, M from memory: check before relying
 * on it, C chosen here, which claims nothing.
 *
 * D, where no page is named: docs.stripe.com/api and the page of its object there, docs.stripe.com/webhooks,
 * docs.stripe.com/testing, docs.stripe.com/error-codes. Published answers: of an intent in another state
 * activemerchant/active_merchant, test/unit/gateways/stripe_payment_intents_test.rb (cancel),
 * stripe-archive/stripe-payments-demo#133 (confirm), Automattic/woocommerce-payments#487 (without a method); of one
 * that there is not edx/commerce-coordinator, commerce_coordinator/apps/stripe/tests/test_clients.py; of an unknown
 * address stripe/stripe-dotnet#1827.
 *
 * Simpler here: every endpoint has the same signing secret (really one each, D); an amount is charged at once,
 * without a customer or a capture step, and never is `processing`; the intervals between retries are published
 * nowhere (D: sandbox, three times over a few hours), so these are C; a payment that needs the buyer (alipay,
 * wechat_pay) waits for `pay` by hand; objects have the fields that payments are about, not all. Not modelled: API
 * v2 and its keys of idempotency, which finish failed work instead of repeating its answer (D); `v0` signatures; the
 * three days of retries in live mode; updates of objects, expanding, and searching.
 *
 * Not modelled and refused, lest it pass for a payment that went well: test methods that ask for 3-D Secure, dispute
 * themselves, fail when refunded, skip the waiting balance, depend on rules of Radar or fail only with a customer, and
 * methods of one's own making, are "No such PaymentMethod" like a name that there is not; parameters that would change
 * what becomes of the money are `unmodelledParameters`.
 */

/** The operations served, as the vendor writes them (D). */
export const operations = {
  createIntent: 'POST /v1/payment_intents',
  readIntent: 'GET /v1/payment_intents/{intent}',
  confirmIntent: 'POST /v1/payment_intents/{intent}/confirm',
  cancelIntent: 'POST /v1/payment_intents/{intent}/cancel',
  createSession: 'POST /v1/checkout/sessions',
  readSession: 'GET /v1/checkout/sessions/{session}',
  expireSession: 'POST /v1/checkout/sessions/{session}/expire',
  createRefund: 'POST /v1/refunds',
  readRefund: 'GET /v1/refunds/{refund}',
  listNotices: 'GET /v1/events',
  readNotice: 'GET /v1/events/{id}',
  createEndpoint: 'POST /v1/webhook_endpoints',
  listBalance: 'GET /v1/balance_transactions',
  readBalance: 'GET /v1/balance_transactions/{id}',
  createClock: 'POST /v1/test_helpers/test_clocks',
  listClocks: 'GET /v1/test_helpers/test_clocks',
  readClock: 'GET /v1/test_helpers/test_clocks/{test_clock}',
  advanceClock: 'POST /v1/test_helpers/test_clocks/{test_clock}/advance',
  deleteClock: 'DELETE /v1/test_helpers/test_clocks/{test_clock}',
} as const;

/** The version that stripe-node 23.1 asks for (R), in which notices are written. */
export const apiVersion = '2026-10-28.endive';

/** Seconds before each retry of a notice in a sandbox: three (D), intervals C. */
export const retryAfterS: readonly number[] = [600, 3_600, 10_800];

/** Any of them ends the retries (D). */
export const isAcknowledged = (status: number): boolean => status >= 200 && status < 300;

/** After it a key may be forgotten, and the same request under it is a new one (D: at least 24 hours). */
export const keyLivesMs = 24 * 3_600_000;

/** Longest idempotency key (D). */
export const keyLengthMax = 255;

/** Most and fewest rows of a list, and how many come unasked (D). */
export const listLimits = { min: 1, max: 100, unasked: 10 } as const;

/** Bounds of an amount in minor units (D: eight digits; the least depends on the currency, here fifty). */
export const amountMinorRange = { min: 50n, max: 99_999_999n } as const;

/** The currencies served (C: some of the vendor's). */
export const currencies: readonly string[] = ['cny', 'eur', 'hkd', 'jpy', 'usd'];

/** What a card costs: 2.9 % and 30 cents, which a refund does not bring back (D: pricing in the USA). */
export const feeMinorOf = (amountMinor: bigint): bigint => (amountMinor * 29n + 500n) / 1_000n + 30n;

/** What a dispute costs (D: 15 dollars). */
export const disputeFeeMinor = 1_500n;

/** When money that was taken can be paid out (M: two days; the vendor counts business days, by country). */
export const settlesAfterMs = 2 * 86_400_000;

/** How long a test clock is advancing (C). */
export const advancingMs = 2_000;

/** After which time a test clock is deleted (D: 30 days). */
export const clockLivesMs = 30 * 86_400_000;

/** What the mock issues to its account (C); not of the vendor's form, so that no secret scanner takes it for real. */
export const account = {
  secretKey: 'topple-test-stripe-secret-key',
  webhookSecret: 'whsec_topple_test_signing_secret',
} as const;

/** The signing secret of somebody else's endpoint (C). */
export const otherWebhookSecret = 'whsec_topple_test_secret_of_somebody_else';

/** Why a card is declined. */
export interface Decline {
  readonly code: string;
  readonly declineCode: string;
  readonly message: string;
}

const declined = (declineCode: string, message = 'Your card was declined.'): Decline => ({
  code: 'card_declined',
  declineCode,
  message,
});

/** The test payment method of `topple mocks decline` (D). */
export const genericDecline = 'pm_card_visa_chargeDeclined';

/** One of another code than `card_declined` (D). */
export const expiredCard = 'pm_card_chargeDeclinedExpiredCard';

/** Another of a code of its own (D). */
export const incorrectCvc = 'pm_card_chargeDeclinedIncorrectCvc';

/** The last one of a code of its own (D). */
export const processingError = 'pm_card_chargeDeclinedProcessingError';

const noFunds = declined('insufficient_funds', 'Your card has insufficient funds.');

/**
 * Test payment methods that fail, with their codes (D: docs.stripe.com/testing, two of them as it spelled them before;
 * of fraudulent ones docs.stripe.com/radar/testing). Words D too: openfoodfoundation/openfoodnetwork,
 * spec/lib/stripe/payment_intent_validator_spec.rb. M: that a decline of a code of its own has this code as
 * `decline_code`, and that Radar's is `fraudulent`.
 */
export const declines: ReadonlyMap<string, Decline> = new Map([
  [genericDecline, declined('generic_decline')],
  ['pm_card_chargeDeclined', declined('generic_decline')],
  ['pm_card_visa_chargeDeclinedInsufficientFunds', noFunds],
  ['pm_card_chargeDeclinedInsufficientFunds', noFunds],
  ['pm_card_visa_chargeDeclinedLostCard', declined('lost_card')],
  ['pm_card_visa_chargeDeclinedStolenCard', declined('stolen_card')],
  [
    'pm_card_visa_chargeDeclinedVelocityLimitExceeded',
    declined(
      'card_velocity_exceeded',
      'Your card was declined for making repeated attempts too frequently or exceeding its amount limit.',
    ),
  ],
  ['pm_card_chargeDeclinedFraudulent', declined('fraudulent')],
  ['pm_card_radarBlock', declined('fraudulent')],
  [expiredCard, { code: 'expired_card', declineCode: 'expired_card', message: 'Your card has expired.' }],
  [
    incorrectCvc,
    { code: 'incorrect_cvc', declineCode: 'incorrect_cvc', message: "Your card's security code is incorrect." },
  ],
  [
    processingError,
    {
      code: 'processing_error',
      declineCode: 'processing_error',
      message: 'An error occurred while processing your card. Try again in a little bit.',
    },
  ],
]);

const brands =
  'visa visa_debit mastercard mastercard_debit mastercard_prepaid amex discover diners jcb unionpay ' +
  'visa_cartesBancaires mastercard_cartesBancaires visa_debit_eftposAuCoBranded mastercard_debit_eftposAuCoBranded';

const countries =
  'us ar br ca cl co cr ec mx pa py pe uy ' +
  'ae ae_mastercard at be bg by hr cy cz dk ee fi fr de gi gr hu ie it lv li lt lu mt nl no pl pt ro si sk es se ch ' +
  'gb gb_debit gb_mastercard au cn hk in jp my nz sg tw th_credit th_debit';

/** Test payment methods that pay, by brand and by country (D: docs.stripe.com/testing). */
export const payingMethods: ReadonlySet<string> = new Set(
  `${brands} ${countries}`.split(' ').map((name) => `pm_card_${name}`),
);

/** Methods with which the buyer pays on a page of somebody else's, after `requires_action` (D). */
export const redirectMethods: ReadonlyMap<string, string> = new Map([
  ['alipay', 'alipay_handle_redirect'],
  ['wechat_pay', 'wechat_pay_display_qr_code'],
]);

/**
 * Parameters that change how much is taken, when, from whom or for whom, wherever a name has them in its brackets (D,
 * but for the choice: C). One that is empty or `false` asks for nothing.
 */
export const unmodelledParameters: ReadonlySet<string> = new Set(
  (
    'adaptive_pricing adjustable_quantity allow_promotion_codes application_fee_amount automatic_tax ' +
    'confirmation_token customer customer_account customer_balance customer_creation discounts ' +
    'error_on_requires_action fx_quote hooks invoice_creation mandate mandate_data off_session on_behalf_of ' +
    'optional_items recurring refund_application_fee request_three_d_secure reverse_transfer ' +
    'saved_payment_method_options setup_future_usage shipping_options subscription_data tax_rates transfer_data'
  ).split(' '),
);

/** When money is taken that a payment is confirmed for: at once (D), the one way that is modelled. */
export const captureMethods: ReadonlySet<string> = new Set(['automatic', 'automatic_async']);

/** A refusal: HTTP status and the fields of `error`; `isStored` says whether an idempotency key keeps it. */
export interface Refusal {
  readonly status: number;
  readonly isStored: boolean;
  readonly error: { readonly type: string; readonly message: string } & Readonly<Record<string, unknown>>;
}

const invalid = (status: number, isStored: boolean, message: string, more: object = {}): Refusal => ({
  status,
  isStored,
  error: { type: 'invalid_request_error', message, ...more },
});

const unexpected = (message: string): Refusal =>
  invalid(400, true, message, { code: 'payment_intent_unexpected_state' });

const alreadyConfirmed = unexpected(
  'You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed.',
);

/**
 * The refusals. Codes, statuses and types D or R; words D (above), else M; what is stored partly M. M too that a refund
 * beyond all amounts is `amount_too_large`, and C that keys are looked at before an address is found unknown.
 */
export const refusals = {
  noKey: invalid(
    401,
    false,
    'You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth ' +
      "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, " +
      'or we can help at https://support.stripe.com/.',
  ),
  /** The vendor adds the key with most of it starred (D). */
  wrongKey: invalid(401, false, 'Invalid API Key provided: ****'),
  unknownUrl: (asked: string) =>
    invalid(
      404,
      false,
      `Unrecognized request URL (${asked}). Please see https://stripe.com/docs or we can help at ` +
        'https://support.stripe.com/.',
    ),
  missing: (param: string) =>
    invalid(400, false, `Missing required param: ${param}.`, { code: 'parameter_missing', param }),
  integer: (param: string, given: string) =>
    invalid(400, false, `Invalid integer: ${given}`, { code: 'parameter_invalid_integer', param }),
  /** What the vendor says of a parameter that it does not know (D), said of what the mock does not. */
  unmodelled: (param: string) =>
    invalid(400, false, `Received unknown parameter: ${param}`, { code: 'parameter_unknown', param }),
  /** Words C: the vendor knows more. */
  unmodelledCapture: (param: string) =>
    invalid(400, false, `Invalid ${param}: this mock models automatic capture alone`, {
      code: 'parameter_unknown',
      param,
    }),
  invalidValue: (param: string) => invalid(400, false, `Invalid ${param}.`, { param }),
  currency: (param: string, given: string) =>
    invalid(
      400,
      false,
      `Invalid currency: ${given}. Stripe currently supports these currencies: ${currencies.join(', ')}`,
      { param },
    ),
  tooSmall: invalid(400, false, 'Amount must be at least $0.50 usd', { code: 'amount_too_small', param: 'amount' }),
  tooLarge: invalid(400, false, 'Amount must be no more than $999,999.99', {
    code: 'amount_too_large',
    param: 'amount',
  }),
  /** `param` is what names it: of a path the name that the path has for it (D of an intent, M of others). */
  noSuch: (what: string, id: string, param = what) =>
    invalid(404, true, `No such ${what}: '${id}'`, { code: 'resource_missing', param }),
  /** Words and code D, as integrations log them; M that it is not 404, since the address is right. */
  noSuchMethod: (id: string) =>
    invalid(400, true, `No such PaymentMethod: '${id}'`, { code: 'resource_missing', param: 'payment_method' }),
  alreadyConfirmed,
  cannotConfirm: (status: string) =>
    status === 'succeeded'
      ? alreadyConfirmed
      : unexpected(`You cannot confirm this PaymentIntent because it has a status of ${status}.`),
  cannotCancel: (status: string) =>
    unexpected(`You cannot cancel this PaymentIntent because it has a status of ${status}.`),
  noMethod: unexpected(
    "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the " +
      'PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment ' +
      'method.',
  ),
  sessionClosed: (status: string) =>
    invalid(
      400,
      true,
      'Only Checkout Sessions with a status in ["open"] can be expired. ' +
        `This Checkout Session has a status of \`${status}\`.`,
    ),
  notPaid: (intent: string) =>
    invalid(400, true, `This PaymentIntent (${intent}) does not have a successful charge to refund.`),
  alreadyRefunded: (charge: string) =>
    invalid(400, true, `Charge ${charge} has already been refunded.`, { code: 'charge_already_refunded' }),
  refundTooLarge: (wanted: string, left: string) =>
    invalid(400, true, `Refund amount (${wanted}) is greater than unrefunded amount on charge (${left})`, {
      param: 'amount',
    }),
  disputed: (charge: string) =>
    invalid(400, true, `Charge ${charge} has been charged back; cannot issue a refund.`, { code: 'charge_disputed' }),
  /** Nothing was begun (D: docs.stripe.com/rate-limits; its code makes stripe-node a StripeRateLimitError, R). */
  tooOften: invalid(429, false, 'Request rate limit exceeded.', { code: 'rate_limit' }),
  unavailable: {
    status: 500,
    isStored: true,
    error: { type: 'api_error', message: 'An unknown error occurred.' },
  } satisfies Refusal,
  /** Test clocks: statuses D, wording D of the first and M of the second. */
  clockAdvancing: (id: string) =>
    invalid(429, true, `Test clock advancement underway - cannot perform modifications: ${id}`),
  clockBackwards: invalid(400, true, 'The frozen_time must be after the current frozen time of the test clock.'),
  longKey: invalid(400, false, 'Idempotency keys may be at most 255 characters long.'),
  otherParameters: (key: string): Refusal => ({
    status: 400,
    isStored: false,
    error: {
      type: 'idempotency_error',
      message:
        'Keys for idempotent requests can only be used with the same parameters they were first used with. ' +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    },
  }),
  inFlight: (key: string): Refusal => ({
    status: 409,
    isStored: false,
    error: {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotent Key: ${key}.`,
    },
  }),
} as const;
