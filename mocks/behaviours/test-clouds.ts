/** The clouds as each vendor's SDK drives them: one grant, what came of it, and what the vendor tells of it. */
import { onTestFinished } from 'vitest';
import type { OpenProvider, ProviderPorts } from '#harness/provider';
import { alibabaCloud } from '../alibaba-cloud/index.ts';
import { bss, core } from '../alibaba-cloud/test-sdk.ts';
import { openSocketDoor } from '../doors/socket.ts';
import { operations as huawei } from '../huawei-cloud/quirks.ts';
import * as huaweiSdk from '../huawei-cloud/test-sdk.ts';
import * as tencentSdk from '../tencent-cloud/test-sdk.ts';
import { testPorts } from '../test-ports.ts';

/** A cloud, and an account there that has nothing yet. */
export interface Cloud {
  readonly provider: OpenProvider;
  /** Grants ten of the currency; answers whether the SDK's answer tells of that grant. */
  grant(): Promise<boolean>;
  /** What the customer has, and what a list tells of. */
  held(): Promise<number>;
  listed(): Promise<number>;
}

/** Opens a cloud until the test has finished. */
export type OpenCloud = (given: Partial<ProviderPorts>) => Promise<Cloud>;

const openHuawei: OpenCloud = async (given) => {
  const mock = await huaweiSdk.openMock(given);
  onTestFinished(mock.close);
  const client = huaweiSdk.clientOf(mock);
  const data = { customer_infos: [{ customer_id: 'c1' }] };
  return {
    provider: mock.provider,
    grant: async () => typeof (await client.adjust('c1', 10)).transfer_id === 'string',
    held: async () => {
      const { customer_balances } = await client.call(huawei.customerBalances, { data });
      return (customer_balances as { amount: number }[])[0]?.amount ?? Number.NaN;
    },
    listed: async () => (await client.records()).total_count,
  };
};

const openTencent =
  (isAbroad: boolean): OpenCloud =>
  async (given) => {
    const mock = await tencentSdk.openMock(given);
    onTestFinished(mock.close);
    const [abroad, home] = [tencentSdk.international(mock), tencentSdk.mainland(mock)];
    const held = async (): Promise<number> => {
      if (!isAbroad) {
        const { Balance: fen } = await home('DescribeClientBalanceNew', { ClientUin: '7' });
        return Number(fen) / 100;
      }
      const { Data } = await abroad('QueryCreditByUinList', { UinList: [7] });
      return (Data as { TotalCredit: number }[])[0]?.TotalCredit ?? Number.NaN;
    };
    return {
      provider: mock.provider,
      grant: async () => {
        if (!isAbroad) return 'RequestId' in (await home('AgentTransferMoney', { ClientUin: '7', Amount: 1000 }));
        const asked = { ClientUin: 7, AddedCredit: 10, Remark: 'T1' };
        return Number((await abroad('AllocateCustomerCredit', asked)).TotalCredit) < 100;
      },
      held,
      listed: async () =>
        isAbroad
          ? Number((await abroad('QueryCreditAllocationHistory', { ClientUin: 7 })).Total)
          : Math.round((await held()) / 10),
    };
  };

/** The new SDK resolves with what is no success; here that counts as refused, with its code. */
const openAlibaba: OpenCloud = async (given) => {
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
      return Number(body.data) < 100;
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

/** By name, with the vendor's words for what it refuses. */
export const clouds = {
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

/** The vendor's code in what an SDK throws; undefined when it has none. */
export const codeOf = (error: unknown): unknown => {
  const { code, errorCode } = error as { code?: string; errorCode?: string };
  return errorCode ?? code;
};
