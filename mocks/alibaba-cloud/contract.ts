/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, granted, type Plain, plain, refusedIn, signed } from '../contract.ts';
import { businessRefusals, granting, operations, refusals } from './quirks.ts';

export const alibabaCloudContract: Contract = {
  signatures: [
    signed('request', 'ACS3-HMAC-SHA256 over headers and query; nonces and dates are checked', 'R'),
    signed('request of RPC', 'HMAC-SHA1 over the sorted query, key SK and `&`', 'R'),
    signed('answer', 'none', 'R'),
  ],
  idempotency: granted(granting),
  errors: refusedIn<Plain>([refusals, businessRefusals], plain),
  errorsKnown: 'mocks/alibaba-cloud/quirks.ts',
  refusedAt: {
    everywhere: {
      operations: Object.values(operations),
      codes: [
        'IncompleteSignature',
        'InvalidAccessKeyId.NotFound',
        'InvalidAction.NotFound',
        'InvalidSignatureMethod',
        'InvalidTimeStamp.Expired',
        'InvalidTimeStamp.Format',
        'InvalidVersion',
        'MissingAccessKeyId',
        'MissingSignature',
        'MissingSignatureMethod',
        'MissingSignatureNonce',
        'MissingTimestamp',
        'NotAuthorized',
        'SignatureDoesNotMatch',
        'SignatureNonceUsed',
        'Throttling.User',
        'UnsupportedHTTPMethod',
      ],
    },
    own: {
      [operations.change]: [
        'CreditInnerError',
        'InsufficientBalance',
        'InternalError',
        'MissingAdjustType',
        'MissingAmount',
        'MissingBusinessType',
        'MissingCurrency',
        'MissingOutBizId',
        'MissingOwnerId',
        'MissingSource',
        'NotApplicable',
        'OutBizIdConflict',
        'ParameterError',
        'QuotaNotEnough',
      ],
      [operations.set]: [
        'CreditInnerError',
        'InsufficientBalance',
        'InternalError',
        'MissingAmount',
        'MissingOwnerId',
        'NotApplicable',
        'ParameterError',
      ],
      [operations.query]: ['CreditInnerError', 'InternalError', 'MissingOwnerId', 'NotApplicable', 'ParameterError'],
      [operations.transactions]: ['ParameterError'],
    },
    nowhere: ['InvalidAction.NotFound', 'MissingAction', 'UnsupportedHTTPMethod'],
    byRequest: [],
  },
};
