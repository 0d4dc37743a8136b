import { expect, test } from 'vitest';
import { classOfHuawei } from './huawei.ts';
import { classOfTencent } from './tencent.ts';

test.each([
  { status: 429, code: 'APIG.0308', kind: 'retry', isStrain: true },
  { status: 429, code: '', kind: 'retry', isStrain: true },
  { status: 500, code: 'CBC.0999', kind: 'unknown', isStrain: true },
  { status: 400, code: 'CBC.0999', kind: 'unknown', isStrain: true },
  { status: 502, code: '', kind: 'unknown', isStrain: true },
  { status: 404, code: '', kind: 'unknown', isStrain: false },
  { status: 401, code: 'APIG.0301', kind: 'refused', isStrain: false },
  { status: 400, code: 'CBC.99005003', kind: 'refused', isStrain: false },
  { status: 400, code: 'CBC.99007461', kind: 'retry', isStrain: false },
  { status: 200, code: 'CBC.5003', kind: 'refused', isStrain: false },
])('Huawei Cloud: HTTP $status $code is $kind, strain: $isStrain', ({ status, code, kind, isStrain }) => {
  expect(classOfHuawei(status, code)).toEqual({ kind, isStrain, reason: `HTTP ${status} ${code}` });
});

test.each([
  { code: 'RequestLimitExceeded', kind: 'retry', isStrain: true },
  { code: 'RequestLimitExceeded.UinLimitExceeded', kind: 'retry', isStrain: true },
  { code: 'OperationDenied.ServiceBusy', kind: 'retry', isStrain: true },
  { code: 'AuthFailure.SignatureExpire', kind: 'retry', isStrain: false },
  { code: 'InternalError', kind: 'unknown', isStrain: true },
  { code: 'FailedOperation', kind: 'unknown', isStrain: true },
  { code: 'FailedOperation.BalanceInsufficient', kind: 'refused', isStrain: false },
  { code: 'InvalidParameterValue.CreditAmountOutOfRange', kind: 'refused', isStrain: false },
  { code: 'AuthFailure.SignatureFailure', kind: 'refused', isStrain: false },
])('Tencent Cloud: $code is $kind, strain: $isStrain', ({ code, kind, isStrain }) => {
  expect(classOfTencent(code)).toEqual({ kind, isStrain, reason: code });
});
