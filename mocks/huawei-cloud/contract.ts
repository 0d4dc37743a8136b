/** What the mock keeps of the contract of its vendor: read by the page of contracts, the fuzzer and the tests. */
import { type Contract, granted, type Plain, plain, refusedIn, signed } from '../contract.ts';
import { gatewayRefusals, granting, oldRefusals, operations, refusals } from './quirks.ts';

export const huaweiCloudContract: Contract = {
  signatures: [
    signed('request', 'SDK-HMAC-SHA256, one HMAC with the plain SK; no nonce, so a replay verifies', 'R'),
    signed('answer', 'none', 'R'),
  ],
  idempotency: granted(granting),
  errors: refusedIn<Plain>([gatewayRefusals, refusals, oldRefusals], plain),
  errorsKnown: 'mocks/huawei-cloud/quirks.ts',
  refusedAt: {
    everywhere: { operations: Object.values(operations), codes: ['APIG.0301', 'APIG.0308', 'CBC.0151'] },
    own: {
      [operations.adjust]: ['CBC.0100', 'CBC.0999', 'CBC.99000000', 'CBC.99000035', 'CBC.99000037', 'CBC.99005003'],
      [operations.reclaim]: ['CBC.0100', 'CBC.0999', 'CBC.99000000', 'CBC.99000035', 'CBC.99000037', 'CBC.99005003'],
      [operations.records]: ['CBC.0100', 'CBC.99000037'],
      [operations.recordsV3]: ['CBC.0100', 'CBC.99000037'],
      [operations.partnerBalances]: ['CBC.99000037'],
      [operations.customerBalances]: ['CBC.0100', 'CBC.99000037'],
      [operations.transfer]: ['CBC.0100', 'CBC.0999', 'CBC.99000043', 'CBC.99005003', 'CBC.99007009', 'CBC.99007461'],
      [operations.transferable]: ['CBC.0100'],
      [operations.retrievable]: ['CBC.0100', 'CBC.0999', 'CBC.99000047'],
      [operations.oldAdjust]: ['CBC.0100', 'CBC.0999', 'CBC.5003', 'CBC.5004', 'CBC.5021'],
    },
    nowhere: ['APIG.0101'],
    byRequest: [],
  },
};
