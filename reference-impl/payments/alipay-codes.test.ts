import { expect, test } from 'vitest';
import { classOf } from './alipay-codes.ts';

test.each([
  { code: '20000', subCode: 'aop.unknow-error', kind: 'unknown', isStrain: true },
  { code: '20000', subCode: 'isp.unknow-error', kind: 'unknown', isStrain: true },
  { code: '40004', subCode: 'ACQ.SYSTEM_ERROR', kind: 'unknown', isStrain: true },
  { code: '40005', subCode: 'isv.app-call-limited', kind: 'retry', isStrain: true },
  { code: '20001', subCode: 'aop.invalid-auth-token', kind: 'refused', isStrain: false },
  { code: '40001', subCode: 'isv.missing-method', kind: 'refused', isStrain: false },
  { code: '40002', subCode: 'isv.invalid-signature', kind: 'refused', isStrain: false },
  { code: '40006', subCode: 'isv.insufficient-isv-permissions', kind: 'refused', isStrain: false },
  { code: '40004', subCode: 'ACQ.INVALID_PARAMETER', kind: 'refused', isStrain: false },
  { code: '40004', subCode: 'ACQ.TRADE_HAS_CLOSE', kind: 'refused', isStrain: false },
  { code: '40004', subCode: 'ACQ.TOTAL_FEE_EXCEED', kind: 'refused', isStrain: false },
  { code: '40004', subCode: 'ACQ.BUYER_SELLER_EQUAL', kind: 'refused', isStrain: false },
  { code: '40004', subCode: 'ACQ.EXIST_FORBIDDEN_WORD', kind: 'refused', isStrain: false },
  // The trade is there already: a query tells more, and the order must not fail.
  { code: '40004', subCode: 'ACQ.TRADE_HAS_SUCCESS', kind: 'unknown', isStrain: false },
  { code: '40004', subCode: 'ACQ.CONTEXT_INCONSISTENT', kind: 'unknown', isStrain: false },
  { code: '40004', subCode: 'ACQ.NEVER_HEARD_OF', kind: 'unknown', isStrain: false },
  { code: '10003', subCode: '', kind: 'unknown', isStrain: false },
  { code: 'undefined', subCode: '', kind: 'unknown', isStrain: false },
])('$code $subCode is $kind, strain: $isStrain', ({ code, subCode, kind, isStrain }) => {
  expect(classOf(code, subCode)).toEqual({ kind, isStrain, reason: `code ${code} ${subCode}` });
});
