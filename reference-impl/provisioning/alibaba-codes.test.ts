import { expect, test } from 'vitest';
import { classOf } from './alibaba-codes.ts';

test.each([
  { status: 200, code: 'Throttling.User', kind: 'retry', isStrain: true },
  { status: 400, code: 'Throttling', kind: 'retry', isStrain: true },
  { status: 429, code: '', kind: 'retry', isStrain: true },
  { status: 503, code: 'ServiceUnavailable', kind: 'retry', isStrain: true },
  { status: 400, code: 'SignatureNonceUsed', kind: 'retry', isStrain: false },
  { status: 400, code: 'InternalError', kind: 'unknown', isStrain: true },
  { status: 500, code: 'CreditInnerError', kind: 'unknown', isStrain: true },
  { status: 200, code: 'SystemError', kind: 'unknown', isStrain: true },
  { status: 502, code: 'NeverHeardOf', kind: 'unknown', isStrain: true },
  { status: 503, code: '', kind: 'unknown', isStrain: true },
  { status: 200, code: '', kind: 'unknown', isStrain: false },
  { status: 200, code: '200', kind: 'unknown', isStrain: false },
  { status: 400, code: 'NotApplicable', kind: 'refused', isStrain: false },
  { status: 403, code: 'NotAuthorized', kind: 'refused', isStrain: false },
  { status: 400, code: 'ParameterError', kind: 'refused', isStrain: false },
  { status: 400, code: 'SignatureDoesNotMatch', kind: 'refused', isStrain: false },
  { status: 200, code: 'OutBizIdConflict', kind: 'refused', isStrain: false },
  { status: 200, code: 'QuotaNotEnough', kind: 'refused', isStrain: false },
])('HTTP $status $code is $kind, strain: $isStrain', ({ status, code, kind, isStrain }) => {
  expect(classOf(status, code)).toEqual({ kind, isStrain, reason: `HTTP ${status} ${code}` });
});
