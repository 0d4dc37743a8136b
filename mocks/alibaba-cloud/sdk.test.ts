import { afterEach, describe, expect, test } from 'vitest';
import { type CallPoint, noFaults, type OpenProvider, type ProviderPorts } from '#harness/provider';
import { openSocketDoor, type SocketDoor } from '../doors/socket.ts';
import { testPorts } from '../test-ports.ts';
import { alibabaCloud } from './index.ts';
import { bss, core } from './test-sdk.ts';

let provider: OpenProvider;
let door: SocketDoor;

const open = async (given: Partial<ProviderPorts> = {}) => {
  provider = alibabaCloud.open(testPorts(given));
  door = await openSocketDoor(provider);
  const { accessKeyId = '', accessKeySecret = '', regionId = '' } = provider.identity;
  const endpoint = door.url.replace('http://', '');
  const config = { accessKeyId, accessKeySecret, regionId, endpoint, protocol: 'HTTP' };
  return new bss.default(new core.$OpenApiUtil.Config(config));
};

afterEach(() => door.close());

const wanted = {
  ownerId: 1_234_567_890,
  adjustType: 'decrease',
  amount: '10.00',
  currency: 'CNY',
  businessType: 'quota_amount_adjust',
  source: "top-up service (v1)*'!",
  outBizId: 'G1',
};
type Client = Awaited<ReturnType<typeof open>>;
const change = async (client: Client, other: Partial<typeof wanted> = {}) =>
  (await client.changeResellerConsumeAmount(new bss.ChangeResellerConsumeAmountRequest({ ...wanted, ...other }))).body;
const query = async (client: Client) =>
  (await client.queryResellerAvailableQuota(new bss.QueryResellerAvailableQuotaRequest({ ownerId: wanted.ownerId })))
    .body;

describe('judged by @alicloud/bssopenapi20171214', () => {
  test('grants quota once per OutBizId and shows what can be used', async () => {
    const client = await open();
    expect(await query(client)).toMatchObject({ code: '200', success: true, data: '0.00' });
    expect(await change(client)).toMatchObject({ code: '200', success: true, data: '10.00' });
    expect(await change(client)).toMatchObject({ code: '200', success: true, data: '10.00' });
    expect(await change(client, { outBizId: 'G2' })).toMatchObject({ success: true, data: '20.00' });
    expect(await query(client)).toMatchObject({ data: '20.00' });
    const records = provider.records();
    expect(records.grants).toMatchObject([
      { reference: 'G1', cloudAccount: '1234567890', amountMinor: 1000n, currency: 'CNY' },
      { reference: 'G2', cloudAccount: '1234567890', amountMinor: 1000n, currency: 'CNY' },
    ]);
    expect(records.calls.filter((call) => call.reference === 'G1').map((call) => call.nth)).toEqual([1, 2]);
  });

  test('takes back what was granted, but no more', async () => {
    const client = await open();
    await change(client);
    expect(await change(client, { outBizId: 'G2', adjustType: 'increase', amount: '4' })).toMatchObject({
      data: '6.00',
    });
    const refused = await change(client, { outBizId: 'G3', adjustType: 'increase', amount: '6.01' });
    expect(refused).toMatchObject({ success: false, code: 'QuotaNotEnough' });
    expect(provider.records().grants.map((grant) => grant.amountMinor)).toEqual([1000n, -400n]);
  });

  test.each([{ other: { amount: '10.01' } }, { other: { ownerId: 987 } }, { other: { adjustType: 'increase' } }])(
    'an OutBizId with $other is an answer that is no success',
    async ({ other }) => {
      const client = await open();
      await change(client);
      const refused = await change(client, other);
      expect(refused).toMatchObject({ success: false, code: 'OutBizIdConflict' });
      expect(refused?.data).toBeUndefined();
      expect(provider.records().grants.length).toBe(1);
    },
  );

  test.each([{ amount: '-1.00' }, { amount: '0' }, { amount: '1.001' }, { adjustType: 'more' }])(
    'ParameterError for %o',
    async (other) => {
      const client = await open();
      await expect(change(client, other)).rejects.toMatchObject({ code: 'ParameterError', statusCode: 400 });
      expect(provider.records().grants).toEqual([]);
    },
  );

  test.each([
    { cut: 'before', grants: 0 },
    { cut: 'afterEffect', grants: 1 },
    { cut: 'midBody', grants: 1 },
  ] as const)('a call cut $cut throws without a code of the business and leaves $grants grants', async (row) => {
    const onCall = ({ nth }: CallPoint) => (nth === 1 ? row.cut : 'answer');
    const client = await open({ site: { ...noFaults, onCall } });
    const error = await change(client).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty('statusCode', expect.any(Number));
    expect(provider.records().grants.length).toBe(row.grants);
    expect(await change(client)).toMatchObject({ success: true, data: '10.00' });
    expect(provider.records()).toMatchObject({ grants: [{ reference: 'G1' }], calls: [{ outcome: row.cut }, {}] });
  });
});
