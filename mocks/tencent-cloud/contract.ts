/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, granted, type Plain, plain, refusedIn, signed } from '../contract.ts';
import { commonRefusals, granting, operations, refusals } from './quirks.ts';

export const tencentCloudContract: Contract = {
  signatures: [signed('request', 'TC3-HMAC-SHA256, HmacSHA256 or HmacSHA1', 'R'), signed('answer', 'none', 'R')],
  idempotency: granted(granting),
  errors: refusedIn<Plain>([commonRefusals, refusals], plain),
  errorsKnown: 'mocks/tencent-cloud/quirks.ts',
  refusedAt: {
    everywhere: {
      operations: Object.values(operations),
      codes: [
        'AuthFailure.InvalidAuthorization',
        'AuthFailure.SecretIdNotFound',
        'AuthFailure.SignatureExpire',
        'AuthFailure.SignatureFailure',
        'AuthFailure.UnauthorizedOperation',
        'InvalidRequest',
        'MissingParameter',
        'NoSuchVersion',
        'RequestLimitExceeded',
        'UnknownParameter',
        'UnsupportedProtocol',
      ],
    },
    own: {
      [operations.allocate]: [
        'FailedOperation',
        'InvalidParameter',
        'InvalidParameterValue.CreditAmountOutOfRange',
        'UnauthorizedOperation.UinNoAuth',
      ],
      [operations.history]: ['FailedOperation', 'InvalidParameter'],
      [operations.credits]: [
        'InternalError',
        'InvalidParameter',
        'InvalidParameterValue.UinList',
        'OperationDenied.ServiceBusy',
        'UnauthorizedOperation.NotCustomerUin',
      ],
      [operations.transfer]: ['FailedOperation', 'InternalError', 'InvalidParameter', 'UnauthorizedOperation'],
      [operations.balance]: ['InternalError', 'InvalidParameter', 'UnauthorizedOperation'],
    },
    nowhere: ['InvalidAction', 'InvalidRequest', 'MissingParameter', 'UnsupportedProtocol'],
    byRequest: [],
  },
};
