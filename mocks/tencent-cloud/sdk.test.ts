import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { type CallPoint, noFaults, type ProviderPorts } from '#harness/provider';
import { clockAtNewYear } from '../test-ports.ts';
import { granting, operations } from './quirks.ts';
import { type CallOperation, international, mainland, type Opened, openMock } from './test-sdk.ts';

let mock: Opened;
let abroad: CallOperation;
let home: CallOperation;

const reopen = async (given: Partial<ProviderPorts> = {}) => {
  await mock?.close();
  // Limits are per second of the mock's clock: standing, it would let few calls through; this one moves on by itself.
  let nowMs = systemClock.nowMs();
  const clock = { ...systemClock, nowMs: () => (nowMs += 1_000) };
  mock = await openMock({ clock, wall: systemClock, ...given });
  abroad = international(mock);
  home = mainland(mock);
};
beforeEach(() => reopen());
afterEach(() => mock.close());

const grants = () => mock.provider.records().grants;
const id = (name: string): string => mock.provider.identity[name] ?? expect.unreachable();
const allocate = (more: object = {}, call = abroad) =>
  call('AllocateCustomerCredit', { ClientUin: 200000000001, AddedCredit: 88.88, Remark: 'T1', ...more });
const transfer = (more: object = {}, call = home) =>
  call('AgentTransferMoney', { ClientUin: '200000000001', Amount: 8888, ...more });

const requestId = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

describe('credit, judged by tencentcloud-sdk-nodejs-intl-en', () => {
  test('is granted again by the same call, and the history shows both remarks', async () => {
    expect(await allocate()).toMatchObject({ TotalCredit: 88.88, RemainingCredit: 88.88, RequestId: requestId });
    expect(await allocate()).toMatchObject({ TotalCredit: 177.76, RemainingCredit: 177.76 });
    expect(grants()).toMatchObject([
      { reference: 'T1', cloudAccount: '200000000001', amountMinor: 8888n, currency: 'USD' },
      { reference: 'T1', cloudAccount: '200000000001', amountMinor: 8888n, currency: 'USD' },
    ]);
    const { Total, History } = await abroad('QueryCreditAllocationHistory', { ClientUin: 200000000001 });
    expect(Total).toBe(2);
    expect(History).toMatchObject([
      { Remark: 'T1', Credit: 88.88, AllocatedCredit: 177.76, ClientCreditAfter: 177.76, Operator: id('uin') },
      { Remark: 'T1', Credit: 88.88, AllocatedCredit: 88.88, AllocatedTime: expect.stringMatching(/^[\d-]+ [\d:]+$/) },
    ]);
    expect(granting[operations.allocate]).toMatchObject({ class: 'R', field: 'Remark' });
  });

  test('is taken back with an amount below zero, but not more than there is', async () => {
    await allocate();
    expect(await allocate({ AddedCredit: -8.88, Remark: 'T2' })).toMatchObject({ RemainingCredit: 80 });
    const outOfRange = { code: 'InvalidParameterValue.CreditAmountOutOfRange' };
    await expect(allocate({ AddedCredit: -80.01 })).rejects.toMatchObject(outOfRange);
    await allocate({ AddedCredit: -80, Remark: 'T3' });
    expect(grants().map(({ amountMinor }) => amountMinor)).toEqual([8888n, -888n, -8000n]);
  });

  test('leaves the partner’s credit, and stops when it is spent', async () => {
    const poor = international(mock, { secretId: id('poorSecretId'), secretKey: id('poorSecretKey') });
    await allocate({ AddedCredit: 999.99 }, poor);
    expect(await poor('QueryPartnerCredit')).toMatchObject({
      TotalCredit: 1000,
      RemainingCredit: 0.01,
      AllocatedCredit: 999.99,
      CustomerTotalCredit: 999.99,
      CustomerRemainingCredit: 999.99,
    });
    const outOfRange = { code: 'InvalidParameterValue.CreditAmountOutOfRange' };
    await expect(allocate({ AddedCredit: 0.02 }, poor)).rejects.toMatchObject(outOfRange);
    await allocate({ AddedCredit: 0.02 });
    await allocate({ AddedCredit: 0.01 }, poor);
    expect(grants().map(({ amountMinor }) => amountMinor)).toEqual([99_999n, 2n, 1n]);
  });

  test('without a remark is known by account and amount', async () => {
    await allocate({ Remark: null });
    expect(grants()).toMatchObject([{ reference: '200000000001 88.88' }]);
    expect(mock.provider.records().calls).toMatchObject([{ reference: '200000000001 88.88', nth: 1 }]);
  });

  test('is told of by uin, and page by page', async () => {
    for (const AddedCredit of [1, 2, 3]) await allocate({ AddedCredit });
    const UinList = [200000000001, 200000000002];
    expect((await abroad('QueryCreditByUinList', { UinList })).Data).toMatchObject([
      { Uin: 200000000001, TotalCredit: 6, RemainingCredit: 6 },
      { Uin: 200000000002, TotalCredit: 0, RemainingCredit: 0 },
    ]);
    const page = async (Page: number) => {
      const asked = { ClientUin: 200000000001, Page, PageSize: 2 };
      const { Total, History } = await abroad('QueryCreditAllocationHistory', asked);
      return { Total, credits: ((History ?? []) as { Credit: number }[]).map(({ Credit }) => Credit) };
    };
    expect(await page(1)).toEqual({ Total: 3, credits: [3, 2] });
    expect(await page(2)).toEqual({ Total: 3, credits: [1] });
    expect(await page(3)).toEqual({ Total: 3, credits: [] });
  });

  test.each([
    {
      when: 'the amount is a sum of floats',
      more: { AddedCredit: 0.1 + 0.2 },
      code: 'InvalidParameter',
    },
    {
      when: 'there are three decimals',
      more: { AddedCredit: 1.001 },
      code: 'InvalidParameterValue.CreditAmountOutOfRange',
    },
    { when: 'there is no amount', more: { AddedCredit: null }, code: 'MissingParameter' },
    { when: 'there is no customer', more: { ClientUin: null }, code: 'MissingParameter' },
    { when: 'the amount has an exponent', more: { AddedCredit: 1e21 }, code: 'InvalidParameter' },
  ])('$code when $when', async ({ more, code }) => {
    await expect(allocate(more)).rejects.toMatchObject({ code, requestId });
    await expect(allocate(more, international(mock, { signMethod: 'TC3-HMAC-SHA256' }))).rejects.toMatchObject({
      code,
    });
    expect(grants()).toEqual([]);
  });

  test('a list that is empty or none, and a history that does not exist', async () => {
    const ask = (UinList: unknown) => abroad('QueryCreditByUinList', { UinList });
    await expect(ask([])).rejects.toMatchObject({ code: 'MissingParameter' });
    await expect(ask('1')).rejects.toMatchObject({ code: 'UnknownParameter' });
    const odd = ['foreignUin', 'brokenUin'].map((uin) => ({ ClientUin: Number(id(uin)) }));
    for (const more of [...odd, { Page: 0 }, { PageSize: 0 }, { Page: -1 }]) {
      const asking = abroad('QueryCreditAllocationHistory', { ClientUin: 1, ...more });
      await expect(asking).rejects.toMatchObject({ code: 'FailedOperation' });
    }
  });
});

describe('transfers, judged by tencentcloud-sdk-nodejs-common', () => {
  test('are done again by the same call; only the balance tells', async () => {
    expect(await transfer()).toEqual({ RequestId: requestId });
    const ClientUin = '200000000001';
    expect(await home('DescribeClientBalanceNew', { ClientUin })).toMatchObject({ Balance: 8888, Cash: 8888 });
    await transfer();
    expect(await home('DescribeClientBalanceNew', { ClientUin })).toMatchObject({ Balance: 17_776 });
    expect(grants()).toMatchObject([
      { reference: '200000000001 88.88', cloudAccount: ClientUin, amountMinor: 8888n, currency: 'CNY' },
      { reference: '200000000001 88.88', cloudAccount: ClientUin, amountMinor: 8888n, currency: 'CNY' },
    ]);
    expect(granting[operations.transfer]).toMatchObject({ class: 'N', foundBy: ['DescribeClientBalanceNew'] });
  });

  test('stop when the money is spent, with a code that other failures have too', async () => {
    const poor = mainland(mock, { secretId: id('poorSecretId'), secretKey: id('poorSecretKey') });
    await transfer({ Amount: 100_000 }, poor);
    await expect(transfer({ Amount: 1 }, poor)).rejects.toMatchObject({ code: 'FailedOperation' });
    expect(grants().length).toBe(1);
  });

  test.each<{ when: string; more: object; code: string }>([
    { when: 'the amount is below zero', more: { Amount: -1 }, code: 'InvalidParameter' },
    { when: 'the amount has a fraction', more: { Amount: 88.88 }, code: 'InvalidParameter' },
    { when: 'the amount is text', more: { Amount: '8888' }, code: 'InvalidParameter' },
    { when: 'the uin is a number', more: { ClientUin: 200000000001 }, code: 'InvalidParameter' },
    { when: 'the uin is empty', more: { ClientUin: '' }, code: 'InvalidParameter' },
    { when: 'the uin is an object', more: { ClientUin: { x: 1 } }, code: 'InvalidParameter' },
    { when: 'there is no amount', more: { Amount: null }, code: 'MissingParameter' },
    { when: 'it is a name of every object', more: { constructor: 'T1' }, code: 'UnknownParameter' },
  ])('$code when $when', async ({ more, code }) => {
    await expect(transfer(more)).rejects.toMatchObject({ code });
    expect(grants()).toEqual([]);
  });

  test('the markets know nothing of each other', async () => {
    await transfer();
    const { Data } = await abroad('QueryCreditByUinList', { UinList: [200000000001] });
    expect(Data).toMatchObject([{ TotalCredit: 0 }]);
  });
});

describe('every way to sign', () => {
  const methods = ['', 'HmacSHA1', 'HmacSHA256', 'TC3-HMAC-SHA256'] as const;
  const ways = methods.flatMap((signMethod) =>
    (['GET', 'POST'] as const).map((reqMethod) => ({ signMethod, reqMethod })),
  );

  test.each(ways)('$signMethod with $reqMethod verifies', async (setup) => {
    const Remark = "T1 ü 中文 +&=%'()*!~/?";
    await allocate({ Remark }, international(mock, setup));
    const { History } = await international(mock, setup)('QueryCreditAllocationHistory', { ClientUin: 200000000001 });
    expect(History).toMatchObject([{ Remark }]);
    expect(grants()).toMatchObject([{ reference: Remark }]);
    if (setup.reqMethod === 'POST') await transfer({}, mainland(mock, setup));
    expect((await mainland(mock, setup)('DescribeClientBalanceNew', { ClientUin: '1' })).Balance).toBe(0);
    expect((await international(mock, setup)('QueryCreditByUinList', { UinList: [3, 4] })).Data).toHaveLength(2);
  });

  test.each(methods)('%s with a wrong secret or an unknown id does not', async (signMethod) => {
    const wrong = international(mock, { signMethod, secretKey: 'wrong' });
    await expect(allocate({}, wrong)).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' });
    const unknown = international(mock, { signMethod, secretId: 'nobody' });
    await expect(allocate({}, unknown)).rejects.toMatchObject({ code: 'AuthFailure.SecretIdNotFound' });
    const denied = { secretId: id('deniedSecretId'), secretKey: id('deniedSecretKey'), signMethod };
    const notAllowed = allocate({}, international(mock, denied));
    await expect(notAllowed).rejects.toMatchObject({ code: 'AuthFailure.UnauthorizedOperation' });
    expect(grants()).toEqual([]);
  });

  test.each(methods)('%s of another time does not', async (signMethod) => {
    await reopen({ clock: clockAtNewYear(), wall: clockAtNewYear() });
    const late = allocate({}, international(mock, { signMethod }));
    await expect(late).rejects.toMatchObject({ code: 'AuthFailure.SignatureExpire' });
    expect(grants()).toEqual([]);
  });

  test('an action that is a name of every object is none', async () => {
    await expect(home('toString')).rejects.toMatchObject({ code: 'InvalidAction' });
  });
});

describe('limits', () => {
  test.each([
    { max: 5, action: 'AllocateCustomerCredit', grant: () => allocate() },
    { max: 20, action: 'AgentTransferMoney', grant: () => transfer() },
  ])('RequestLimitExceeded after $max calls of $action in a second', async ({ max, grant }) => {
    const clock = clockAtNewYear();
    await reopen({ clock });
    for (let nth = 0; nth < max; nth += 1) await grant();
    await expect(grant()).rejects.toMatchObject({ code: 'RequestLimitExceeded' });
    const stranger = international(mock, { secretKey: 'wrong' });
    await expect(allocate({}, stranger)).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' });
    expect(grants().length).toBe(max);
    clock.advance(1_000);
    await grant();
  });
});

describe.each([
  { name: 'AllocateCustomerCredit', grant: () => allocate() },
  { name: 'AgentTransferMoney', grant: () => transfer() },
])('a call of $name', ({ name, grant }) => {
  test.each([
    { cut: 'before', granted: 1 },
    { cut: 'afterEffect', granted: 2 },
    { cut: 'midBody', granted: 2 },
  ] as const)('cut $cut has no code; with a second try $granted are granted', async (row) => {
    const onCall = ({ operation, nth }: CallPoint) => (operation === name && nth === 1 ? row.cut : 'answer');
    await reopen({ site: { ...noFaults, onCall } });
    const error = await grant().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect([undefined, 'ECONNRESET']).toContain((error as { code?: string }).code);
    await grant();
    expect(grants().length).toBe(row.granted);
  });
});
