/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, refusedIn, signed } from '../contract.ts';
import { type Decline, declines, operations, type Refusal, refusals, retryAfterS } from './quirks.ts';

/** Of every POST, which may have an idempotency key. */
const aboutKeys = ['idempotency_error', 'idempotency_error idempotency_key_in_use'];
/** Of every call that charges a card. */
const declined = [...new Set([...declines.values()].map(({ code }) => `card_error ${code}`))];

export const stripeContract: Contract = {
  signatures: [
    signed('request', 'none: a secret key as Bearer (R), or as the user of Basic (D)', 'R D'),
    signed('answer', 'none', 'R'),
    signed('notice', 'HMAC-SHA256 over `t.body` under the whole `whsec_…` text', 'R'),
  ],
  idempotency: [
    signed('every POST', 'Idempotency-Key: the first answer once execution began, 500 included, for 24 hours', 'R D'),
    signed('other parameters under a key', '400 idempotency_error', 'R D'),
    signed('a key in flight', '409 idempotency_key_in_use', 'D'),
  ],
  delivery: { retryAfterS, ends: 'any 2xx', known: 'D three retries, intervals C' },
  errors: [
    ...refusedIn<Refusal>([refusals], ({ status, error }) => ({
      status,
      code: [error.type, error.code].filter((one) => one !== undefined).join(' '),
      message: error.message,
    })),
    ...refusedIn<Decline>([Object.fromEntries(declines)], ({ code, message }) => ({
      status: 402,
      code: `card_error ${code}`,
      message,
    })),
  ],
  errorsKnown: 'codes, statuses and types D or R; wording partly M',
  refusedAt: {
    everywhere: { operations: Object.values(operations), codes: ['invalid_request_error'] },
    own: {
      [operations.createIntent]: [
        ...declined,
        ...aboutKeys,
        'invalid_request_error amount_too_large',
        'invalid_request_error amount_too_small',
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error parameter_missing',
        'invalid_request_error parameter_unknown',
        'invalid_request_error payment_intent_unexpected_state',
        'invalid_request_error resource_missing',
      ],
      [operations.readIntent]: ['invalid_request_error resource_missing'],
      [operations.confirmIntent]: [
        ...declined,
        ...aboutKeys,
        'invalid_request_error parameter_unknown',
        'invalid_request_error payment_intent_unexpected_state',
        'invalid_request_error resource_missing',
      ],
      [operations.cancelIntent]: [
        ...aboutKeys,
        'invalid_request_error payment_intent_unexpected_state',
        'invalid_request_error resource_missing',
      ],
      [operations.createSession]: [
        ...aboutKeys,
        'invalid_request_error amount_too_small',
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error parameter_missing',
        'invalid_request_error parameter_unknown',
      ],
      [operations.readSession]: ['invalid_request_error resource_missing'],
      [operations.expireSession]: [...aboutKeys, 'invalid_request_error resource_missing'],
      [operations.createRefund]: [
        ...aboutKeys,
        'invalid_request_error amount_too_large',
        'invalid_request_error charge_already_refunded',
        'invalid_request_error charge_disputed',
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error parameter_missing',
        'invalid_request_error parameter_unknown',
        'invalid_request_error resource_missing',
      ],
      [operations.readRefund]: ['invalid_request_error resource_missing'],
      [operations.listNotices]: [
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error resource_missing',
      ],
      [operations.readNotice]: ['invalid_request_error resource_missing'],
      [operations.createEndpoint]: [...aboutKeys, 'invalid_request_error parameter_missing'],
      [operations.listBalance]: [
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error resource_missing',
      ],
      [operations.readBalance]: ['invalid_request_error resource_missing'],
      [operations.createClock]: [
        ...aboutKeys,
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error parameter_missing',
      ],
      [operations.listClocks]: [
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error resource_missing',
      ],
      [operations.readClock]: ['invalid_request_error resource_missing'],
      [operations.advanceClock]: [
        ...aboutKeys,
        'invalid_request_error parameter_invalid_integer',
        'invalid_request_error parameter_missing',
        'invalid_request_error resource_missing',
      ],
      [operations.deleteClock]: ['invalid_request_error resource_missing'],
    },
    nowhere: [...aboutKeys, 'invalid_request_error'],
    byRequest: ['api_error', 'invalid_request_error rate_limit'],
  },
};
