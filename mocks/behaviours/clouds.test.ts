/** What clouds do by request, as each vendor's SDK takes it; and that what was refused granted nothing. */
import { describe, expect, onTestFinished, test } from 'vitest';
import { type CallFate, noFaults, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { alibabaCloud } from '../alibaba-cloud/index.ts';
import { bss, core } from '../alibaba-cloud/test-sdk.ts';
import { openSocketDoor } from '../doors/socket.ts';
import { operations as huawei } from '../huawei-cloud/quirks.ts';
import * as huaweiSdk from '../huawei-cloud/test-sdk.ts';
import * as tencentSdk from '../tencent-cloud/test-sdk.ts';
import { clockAtNewYear, testPorts } from '../test-ports.ts';

interface Cloud {
  readonly provider: OpenProvider;
  /** Grants ten of the currency. */
  grant(): Promise<unknown>;
  /** What the customer has, and what a list tells of. */
  held(): Promise<number>;
  listed(): Promise<number>;
}

type Opener = (given: Partial<ProviderPorts>) => Promise<Cloud>;

const openHuawei: Opener = async (given) => {
  const mock = await huaweiSdk.openMock(given);
  onTestFinished(mock.close);
  const client = huaweiSdk.clientOf(mock);
  const data = { customer_infos: [{ customer_id: 'c1' }] };
  return {
    provider: mock.provider,
    grant: () => client.adjust('c1', 10),
    held: async () => {
      const { customer_balances } = await client.call(huawei.customerBalances, { data });
      return (customer_balances as { amount: number }[])[0]?.amount ?? Number.NaN;
    },
    listed: async () => (await client.records()).total_count,
  };
};

const openTencent =
  (isAbroad: boolean): Opener =>
  async (given) => {
    const mock = await tencentSdk.openMock(given);
    onTestFinished(mock.close);
    const [abroad, home] = [tencentSdk.international(mock), tencentSdk.mainland(mock)];
    const held = async (): Promise<number> => {
      if (!isAbroad) return Number((await home('DescribeClientBalanceNew', { ClientUin: '7' })).Balance) / 100;
      const { Data } = await abroad('QueryCreditByUinList', { UinList: [7] });
      return (Data as { TotalCredit: number }[])[0]?.TotalCredit ?? Number.NaN;
    };
    return {
      provider: mock.provider,
      grant: () =>
        isAbroad
          ? abroad('AllocateCustomerCredit', { ClientUin: 7, AddedCredit: 10, Remark: 'T1' })
          : home('AgentTransferMoney', { ClientUin: '7', Amount: 1000 }),
      held,
      listed: async () =>
        isAbroad
          ? Number((await abroad('QueryCreditAllocationHistory', { ClientUin: 7 })).Total)
          : Math.round((await held()) / 10),
    };
  };

/** The new SDK resolves with what is no success; here that counts as refused, with its code. */
const openAlibaba: Opener = async (given) => {
  const provider = alibabaCloud.open(testPorts(given));
  const door = await openSocketDoor(provider);
  onTestFinished(door.close);
  const { accessKeyId = '', accessKeySecret = '', regionId = '' } = provider.identity;
  const endpoint = door.url.replace('http://', '');
  const client = new bss.default(
    new core.$OpenApiUtil.Config({ accessKeyId, accessKeySecret, regionId, endpoint, protocol: 'HTTP' }),
  );
  let sent = 0;
  return {
    provider,
    grant: async () => {
      sent += 1;
      const wanted = { ownerId: 7, adjustType: 'decrease', amount: '10', currency: 'CNY', outBizId: `G${sent}` };
      const asked = new bss.ChangeResellerConsumeAmountRequest({ ...wanted, businessType: 'b', source: 's' });
      const { body } = await client.changeResellerConsumeAmount(asked);
      if (body?.success !== true) throw Object.assign(new Error('no success'), { code: body?.code });
    },
    held: async () => {
      const asked = new bss.QueryResellerAvailableQuotaRequest({ ownerId: 7 });
      return Number((await client.queryResellerAvailableQuota(asked)).body?.data);
    },
    listed: async () =>
      Number(
        (await client.queryAccountTransactions(new bss.QueryAccountTransactionsRequest({}))).body?.data?.totalCount,
      ),
  };
};

const clouds = {
  'huawei-cloud': { open: openHuawei, throttled: 'APIG.0308', unavailable: 'CBC.0999', noFunds: 'CBC.99005003' },
  'tencent-cloud abroad': {
    open: openTencent(true),
    throttled: 'RequestLimitExceeded',
    unavailable: 'InternalError',
    noFunds: 'InvalidParameterValue.CreditAmountOutOfRange',
  },
  'tencent-cloud at home': {
    open: openTencent(false),
    throttled: 'RequestLimitExceeded',
    unavailable: 'InternalError',
    noFunds: 'FailedOperation',
  },
  'alibaba-cloud': {
    open: openAlibaba,
    throttled: 'Throttling.User',
    unavailable: 'CreditInnerError',
    noFunds: 'InsufficientBalance',
  },
};

const codeOf = (error: unknown): unknown => {
  const { code, errorCode } = error as { code?: string; errorCode?: string };
  return errorCode ?? code;
};

describe.each(Object.entries(clouds))('%s', (_, { open, throttled, unavailable, noFunds }) => {
  /** A cloud whose next calls meet `fates`, and whose clock stands. */
  const misbehaving = async (...fates: readonly CallFate[]) => {
    const left = [...fates];
    const clock = clockAtNewYear();
    const site = { ...noFaults, onCall: () => left.shift() ?? 'answer' };
    return { cloud: await open({ site, clock }), clock };
  };
  const spoil = (name: string, isDone = false): CallFate => ({ how: 'spoil', spoil: name, isDone });

  test.each([
    { name: 'throttled', code: throttled },
    { name: 'unavailable', code: unavailable },
    { name: 'no-funds', code: noFunds },
  ])('$name: refused in the vendor’s words, and nothing granted unless it was asked to be', async ({ name, code }) => {
    const { cloud } = await misbehaving(spoil(name), spoil(name, true));
    expect(codeOf(await cloud.grant().catch((error: unknown) => error))).toBe(code);
    expect(cloud.provider.records().grants).toEqual([]);
    expect(codeOf(await cloud.grant().catch((error: unknown) => error))).toBe(code);
    expect(cloud.provider.records().grants.length).toBe(1);
    expect(await cloud.held()).toBe(10);
  });

  test('failed-inside: HTTP 200 that is no success', async () => {
    const { cloud } = await misbehaving(spoil('failed-inside'));
    const ended = await cloud.grant().catch((error: unknown) => error);
    expect(codeOf(ended) ?? (ended as { error_code?: string }).error_code).toEqual(expect.any(String));
    const { grants, calls } = cloud.provider.records();
    expect({ grants, calls }).toMatchObject({ grants: [], calls: [{ outcome: 200, misdeed: 'failed-inside' }] });
  });

  test('tampered: a figure was changed on its way', async () => {
    const { cloud } = await misbehaving('answer', spoil('tampered'));
    await cloud.grant();
    expect(await cloud.held()).toBeGreaterThan(10);
    expect(await cloud.held()).toBe(10);
  });

  test('stale: queries know what was so an hour ago', async () => {
    const hour: CallFate = { how: 'stale', lagMs: 3_600_000 };
    const { cloud, clock } = await misbehaving('answer', 'answer', hour, hour);
    await cloud.grant();
    clock.advance(5_400_000);
    await cloud.grant();
    expect([await cloud.held(), await cloud.listed()]).toEqual([10, 1]);
    expect([await cloud.held(), await cloud.listed()]).toEqual([20, 2]);
  });

  test('late: the connection breaks, and the grant is done afterwards', async () => {
    const { cloud, clock } = await misbehaving({ how: 'late', afterMs: 60_000 });
    await expect(cloud.grant()).rejects.toThrow();
    expect(await cloud.held()).toBe(0);
    clock.advance(60_000);
    expect(await cloud.held()).toBe(10);
  });

  test('twice: who sends a call again has it done again, unless a nonce or a key forbids it', async () => {
    const { cloud } = await misbehaving({ how: 'twice' });
    await cloud.grant().catch(() => undefined);
    const isGuarded = cloud.provider.id === 'alibaba-cloud';
    expect(cloud.provider.records().grants.length).toBe(isGuarded ? 1 : 2);
  });
});
