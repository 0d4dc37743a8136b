/** The older signature, judged by the client that still makes it; and what either SDK lets through. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Call, noFaults, type OpenProvider } from '#harness/provider';
import { openSocketDoor, type SocketDoor } from '../doors/socket.ts';
import { testPorts } from '../test-ports.ts';
import { alibabaCloud } from './index.ts';
import { bss, core, OldClient } from './test-sdk.ts';

let provider: OpenProvider;
let door: SocketDoor;
/** Every call as it came from the wire. */
let heard: Call[];
/** What becomes of answers on their way. */
let change: (text: string) => string;
/** How many calls could have met a behaviour. */
let metCount: number;

beforeEach(async () => {
  heard = [];
  change = (text) => text;
  metCount = 0;
  const onCall = () => {
    metCount += 1;
    return 'answer' as const;
  };
  provider = alibabaCloud.open(testPorts({ site: { ...noFaults, onCall } }));
  const handle = (call: Call) => {
    heard.push(call);
    const reply = provider.handle(call);
    return 'cut' in reply ? reply : { ...reply, body: Buffer.from(change(Buffer.from(reply.body).toString())) };
  };
  door = await openSocketDoor({ ...provider, handle });
});
afterEach(() => door.close());

const id = (name: string): string => provider.identity[name] ?? expect.unreachable();
const grants = () => provider.records().grants;
const wanted = {
  OwnerId: '9007199254740993',
  AdjustType: 'decrease',
  Amount: '10.00',
  Currency: 'CNY',
  BusinessType: 'quota_amount_adjust',
  Source: "top-up service (v1)*'! ü 中文 +&=%/~",
  OutBizId: 'G1',
};
type Method = 'GET' | 'POST';
const ask = (action: string, fields: object, method: Method = 'GET', keys: object = {}): Promise<object> => {
  const [accessKeyId, accessKeySecret] = [id('accessKeyId'), id('accessKeySecret')];
  const client = new OldClient({ accessKeyId, accessKeySecret, endpoint: door.url, apiVersion: '2017-12-14', ...keys });
  return client.request(action, { ...fields }, { method });
};

describe.each(['GET', 'POST'] as const)('@alicloud/pop-core with %s', (method) => {
  test('grants once per OutBizId, for account numbers above 2^53', async () => {
    const granted = { Code: '200', Success: true, Data: '10.00' };
    expect(await ask('ChangeResellerConsumeAmount', wanted, method)).toMatchObject(granted);
    expect(await ask('ChangeResellerConsumeAmount', wanted, method)).toMatchObject(granted);
    expect(await ask('QueryResellerAvailableQuota', { OwnerId: wanted.OwnerId }, method)).toMatchObject({
      Data: '10.00',
    });
    expect(grants()).toMatchObject([{ reference: 'G1', cloudAccount: '9007199254740993', amountMinor: 1000n }]);
    expect(provider.records().calls.map(({ operation, reference }) => [operation, reference])).toEqual([
      ['ChangeResellerConsumeAmount', 'G1'],
      ['ChangeResellerConsumeAmount', 'G1'],
      ['QueryResellerAvailableQuota', ''],
    ]);
  });

  test.each([
    { keys: { accessKeySecret: 'wrong' }, code: 'SignatureDoesNotMatch' },
    { keys: { accessKeyId: 'wrong' }, code: 'InvalidAccessKeyId.NotFound' },
    { keys: { apiVersion: '2000-01-01' }, code: 'InvalidVersion' },
  ])('with $keys is refused with $code', async ({ keys, code }) => {
    await expect(ask('ChangeResellerConsumeAmount', wanted, method, keys)).rejects.toMatchObject({ code });
    expect(grants()).toEqual([]);
  });

  test('refuses what is missing or no action', async () => {
    const { OutBizId: _, ...rest } = wanted;
    const missing = ask('ChangeResellerConsumeAmount', rest, method);
    await expect(missing).rejects.toMatchObject({ code: 'MissingOutBizId' });
    await expect(ask('Nothing', {}, method)).rejects.toMatchObject({ code: 'InvalidAction.NotFound' });
    await expect(ask('toString', {}, method)).rejects.toMatchObject({ code: 'InvalidAction.NotFound' });
  });
});

describe('a call that was overheard', () => {
  const answerTo = (call: Call) => {
    const reply = provider.handle(call);
    return 'cut' in reply ? expect.unreachable() : JSON.parse(Buffer.from(reply.body).toString());
  };
  const overheard = async (): Promise<Call> => {
    await ask('ChangeResellerConsumeAmount', wanted);
    return heard[0] ?? expect.unreachable();
  };
  const withQuery = (call: Call, edit: (query: URLSearchParams) => void): Call => {
    const query = new URLSearchParams(call.query);
    edit(query);
    return { ...call, query, rawQuery: query.toString() };
  };

  test('does not verify a second time: its nonce is spent, and no behaviour is', async () => {
    expect(answerTo(await overheard())).toMatchObject({ Code: 'SignatureNonceUsed' });
    expect(metCount).toBe(1);
  });

  test.each([
    {
      what: 'another amount',
      edit: (query: URLSearchParams) => query.set('Amount', '99.00'),
      code: 'SignatureDoesNotMatch',
    },
    {
      what: 'one more parameter',
      edit: (query: URLSearchParams) => query.set('X', '1'),
      code: 'SignatureDoesNotMatch',
    },
    {
      what: 'an amount twice',
      edit: (query: URLSearchParams) => query.append('Amount', '99.00'),
      code: 'IncompleteSignature',
    },
    { what: 'no signature', edit: (query: URLSearchParams) => query.delete('Signature'), code: 'IncompleteSignature' },
    {
      what: 'an old date',
      edit: (query: URLSearchParams) => query.set('Timestamp', '2020-01-01T00:00:00Z'),
      code: 'InvalidTimeStamp.Expired',
    },
    {
      what: 'a date of no form',
      edit: (query: URLSearchParams) => query.set('Timestamp', 'now'),
      code: 'InvalidTimeStamp.Format',
    },
  ])('with $what is refused with $code', async ({ edit, code }) => {
    const call = withQuery(await overheard(), edit);
    expect(answerTo(call)).toMatchObject({ Code: code });
    expect(grants().length).toBe(1);
  });
});

describe('traps', () => {
  const sdk = () => {
    const endpoint = door.url.replace('http://', '');
    const keys = { accessKeyId: id('accessKeyId'), accessKeySecret: id('accessKeySecret') };
    return new bss.default(
      new core.$OpenApiUtil.Config({ ...keys, regionId: id('regionId'), endpoint, protocol: 'HTTP' }),
    );
  };
  const changeBy = (more: object) => {
    const { OwnerId, AdjustType, Amount, Currency, BusinessType, Source, OutBizId } = wanted;
    const fields = { adjustType: AdjustType, amount: Amount, currency: Currency, businessType: BusinessType };
    const asked = { ...fields, source: Source, outBizId: OutBizId, ownerId: OwnerId, ...more };
    return sdk().changeResellerConsumeAmount(new bss.ChangeResellerConsumeAmountRequest(asked));
  };

  test('HTTP 200 that is no success: the new SDK resolves, the old one throws', async () => {
    const tooMuch = { ...wanted, AdjustType: 'increase' };
    await expect(ask('ChangeResellerConsumeAmount', tooMuch)).rejects.toMatchObject({ code: 'QuotaNotEnough' });
    const { statusCode, body } = await changeBy({ adjustType: 'increase', ownerId: 7 });
    expect({ statusCode, success: body?.success }).toEqual({ statusCode: 200, success: false });
    expect(grants()).toEqual([]);
  });

  test('the new SDK throws on a field of another type, although the grant was done', async () => {
    change = (text) => text.replace('"Data":"10.00"', '"Data":{"quota":"10.00"}');
    await expect(changeBy({ ownerId: 7 })).rejects.toThrow();
    expect(grants()).toMatchObject([{ reference: 'G1', amountMinor: 1000n }]);
  });

  test('an account number above 2^53 is another one once it was a JavaScript number', async () => {
    const asNumber = Number(wanted.OwnerId);
    await changeBy({ ownerId: asNumber });
    expect(grants()).toMatchObject([{ cloudAccount: '9007199254740992' }]);
  });
});
