/** Traps of the vendor's SDKs and signatures: each test shows what an integration that relies on them walks into. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import type { Call } from '#harness/provider';
import { openSocketDoor } from '../doors/socket.ts';
import { international, mainland, type Opened, openMock, type Setup } from './test-sdk.ts';

const closers: (() => Promise<void>)[] = [];
let mock: Opened;
beforeEach(async () => {
  mock = await openMock();
  closers.push(mock.close);
});
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** The calls that `ask` makes, as they come from the wire, answered by the mock. */
const overhear = async (ask: (opened: Opened) => Promise<unknown>): Promise<readonly Call[]> => {
  const heard: Call[] = [];
  const handle = (call: Call) => {
    heard.push(call);
    return mock.provider.handle(call);
  };
  const door = await openSocketDoor({ ...mock.provider, handle });
  closers.push(door.close);
  await ask({ ...mock, url: door.url });
  return heard;
};
const first = (calls: readonly Call[]): Call => calls[0] ?? expect.unreachable();
const answerTo = (call: Call) => {
  const answer = mock.provider.handle(call);
  return 'cut' in answer ? expect.unreachable() : JSON.parse(Buffer.from(answer.body).toString()).Response;
};
const grants = () => mock.provider.records().grants;

const allocation = { ClientUin: 200000000001, AddedCredit: 88.88, Remark: 'T1' };

test('the international SDK signs the old way unless told otherwise', async () => {
  const call = first(await overhear((opened) => international(opened)('AllocateCustomerCredit', allocation)));
  const form = new URLSearchParams(Buffer.from(call.body).toString());
  expect(call.headers.authorization).toBeUndefined();
  expect(form.get('SignatureMethod')).toBe('HmacSHA256');
  expect(form.get('AddedCredit')).toBe('88.88');
});

test('pointed at 127.0.0.1 the SDK signs for a service `127`, and for a host without its port', async () => {
  const call = first(await overhear((opened) => mainland(opened)('DescribeClientBalanceNew', { ClientUin: '1' })));
  expect(call.headers.authorization).toMatch(/\/127\/tc3_request, SignedHeaders=content-type;host, /);
  expect(call.headers.host).toMatch(/^127\.0\.0\.1:\d+$/);
});

test('an optional field left undefined is signed as `undefined` and sent as nothing: the signature fails', async () => {
  const asking = international(mock)('AllocateCustomerCredit', { ...allocation, Remark: undefined });
  await expect(asking).rejects.toMatchObject({ code: 'AuthFailure.SignatureFailure' });
  const anew: Setup = { signMethod: 'TC3-HMAC-SHA256' };
  await international(mock, anew)('AllocateCustomerCredit', { ...allocation, Remark: undefined });
  expect(grants()).toMatchObject([{ reference: '200000000001 88.88' }]);
});

test.each(['', 'TC3-HMAC-SHA256'] as const)(
  'a call that was overheard grants again within five minutes (%s)',
  async (signMethod) => {
    const call = first(
      await overhear((opened) => international(opened, { signMethod })('AllocateCustomerCredit', allocation)),
    );
    expect(answerTo(call)).toMatchObject({ RemainingCredit: 177.76 });
    expect(grants().length).toBe(2);
    expect(mock.provider.repeatsEffect?.(call)).toBe(true);
  },
);

describe('what TC3 does not sign', () => {
  test('is the action: a question becomes another question under the same signature', async () => {
    const call = first(await overhear((opened) => mainland(opened)('DescribeClientBalanceNew', { ClientUin: '1' })));
    const other = { ...call, headers: { ...call.headers, 'x-tc-action': 'AgentTransferMoney' } };
    // It verifies; only what a transfer needs and a question has not saves the money.
    expect(answerTo(other)).toMatchObject({ Error: { Code: 'MissingParameter' } });
    expect(grants()).toEqual([]);
  });

  test('is neither the body nor the form: whatever is changed there is refused, and nothing is granted', async () => {
    const tampered: ((call: Call) => Call)[] = [
      (call) => ({ ...call, body: Buffer.from(Buffer.from(call.body).toString().replace('88.88', '98.88')) }),
      (call) => ({ ...call, body: Buffer.concat([call.body, Buffer.from('&X=1')]) }),
      (call) => ({ ...call, headers: { ...call.headers, host: 'evil.test' } }),
    ];
    for (const signMethod of ['HmacSHA1', 'HmacSHA256', 'TC3-HMAC-SHA256'] as const) {
      const call = first(
        await overhear((opened) => international(opened, { signMethod })('AllocateCustomerCredit', allocation)),
      );
      const before = grants().length;
      for (const tamper of tampered) {
        const code = expect.stringMatching(/^(AuthFailure\.SignatureFailure|InvalidRequest)$/);
        expect(answerTo(tamper(call))).toMatchObject({ Error: { Code: code } });
      }
      expect(grants().length).toBe(before);
    }
  });
});

test('a failure is HTTP 200, so a client that looks at the status alone takes it for success', async () => {
  const answer = await fetch(mock.url, { method: 'POST', body: 'Action=AgentTransferMoney&Version=2018-03-21' });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ Response: { Error: { Code: 'MissingParameter' } } });
});

test('a uin above 2^53 keeps its digits, which a JavaScript number would not have had', async () => {
  const ClientUin = 9007199254740993n as unknown as number;
  const setup: Setup = { version: '2022-09-28' };
  await mainland(mock, setup)('AllocateCustomerCredit', { ...allocation, ClientUin });
  expect(grants()).toMatchObject([{ cloudAccount: '9007199254740993' }]);
  const asNumber = Number(ClientUin);
  await mainland(mock, setup)('AllocateCustomerCredit', { ...allocation, ClientUin: asNumber });
  expect(grants()[1]?.cloudAccount).toBe('9007199254740992');
});

test.each([
  { when: 'a body that is no JSON', change: { body: Buffer.from('{') }, code: 'InvalidRequest' },
  { when: 'a body that is a number', change: { body: Buffer.from('1') }, code: 'InvalidRequest' },
  { when: 'a scope of another day', scope: '2020-01-01', code: 'AuthFailure.SignatureExpire' },
])('$code for $when', async ({ change, scope, code }) => {
  const call = first(await overhear((opened) => mainland(opened)('AgentTransferMoney', { ClientUin: '1', Amount: 1 })));
  const { authorization = '' } = call.headers;
  const scoped = scope ? { authorization: authorization.replace(/\d{4}-\d\d-\d\d/, scope) } : {};
  const before = grants().length;
  const changed = { ...call, ...change, headers: { ...call.headers, ...scoped } };
  expect(answerTo(changed)).toMatchObject({ Error: { Code: code }, RequestId: expect.any(String) });
  expect(grants().length).toBe(before);
});

test.each(['SecretId', 'Signature', 'Timestamp'])('MissingParameter for a form without %s', async (what) => {
  const call = first(await overhear((opened) => international(opened)('AllocateCustomerCredit', allocation)));
  const form = new URLSearchParams(Buffer.from(call.body).toString());
  form.delete(what);
  const answer = answerTo({ ...call, body: Buffer.from(form.toString()) });
  expect(answer).toMatchObject({ Error: { Code: 'MissingParameter' } });
  expect(grants().length).toBe(1);
});

test('AuthFailure.SignatureFailure for a way to sign that is none', async () => {
  const call = first(await overhear((opened) => international(opened)('AllocateCustomerCredit', allocation)));
  const form = new URLSearchParams(Buffer.from(call.body).toString());
  form.set('SignatureMethod', 'MD5');
  const code = 'AuthFailure.SignatureFailure';
  expect(answerTo({ ...call, body: Buffer.from(form.toString()) })).toMatchObject({ Error: { Code: code } });
  expect(grants().length).toBe(1);
});

test('the clock of the mock may have run ahead of its clients', async () => {
  await mock.close();
  const ahead = { ...systemClock, nowMs: () => systemClock.nowMs() + 24 * 3_600_000 };
  mock = await openMock({ clock: ahead, wall: systemClock });
  closers.push(mock.close);
  expect(await mainland(mock)('DescribeClientBalanceNew', { ClientUin: '1' })).toMatchObject({ Balance: 0 });
});
