/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, refusedIn, signed } from '../contract.ts';
import { operations, type Refusal, refusals, retryAfterS } from './quirks.ts';

export const bankTransferContract: Contract = {
  signatures: [
    signed('request', 'RFC 9421, ed25519, over `@method`, `@authority`, `@path`, `@query`, digest of a body', 'R'),
    signed('answer', 'over `@status`, content type, digest, and method, path, query of the request', 'R'),
    signed('notice', 'over `@method`, content type and digest (RFC 9530)', 'R'),
  ],
  idempotency: [
    signed('an entry', '`AcctSvcrRef` names it wherever it is told; `NtryRef` counts those of an account', 'M'),
    signed('a transfer', 'nobody asks for one: two under a reference are two', 'M'),
  ],
  delivery: { retryAfterS, ends: 'any 2xx within 15 s', known: 'C' },
  errors: refusedIn<Refusal>([refusals], ({ status, code, title }) => ({
    status,
    code,
    message: title,
  })),
  errorsKnown: 'made up: the API belongs to no bank',
  refusedAt: {
    everywhere: {
      operations: Object.values(operations),
      codes: [
        'component-not-signed',
        'digest-wrong',
        'key-unknown',
        'no-such-account',
        'no-such-page',
        'signature-missing',
        'signature-time',
        'signature-unreadable',
        'signature-wrong',
      ],
    },
    own: {
      [operations.statement]: ['no-such-day', 'statement-not-ready'],
      [operations.transactions]: ['no-such-entry'],
    },
    nowhere: [
      'component-not-signed',
      'digest-wrong',
      'key-unknown',
      'method-not-allowed',
      'no-such-route',
      'signature-missing',
      'signature-time',
      'signature-unreadable',
      'signature-wrong',
    ],
    byRequest: ['too-many-requests', 'unavailable'],
  },
};
