/** Every refusal, through the SDK of today; by the older one what only the older signature can lack. */
import { expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { cellsBy, type Shown, testRefusals } from '../test-refusals.ts';
import { type Change, openWay, withHeader, withMethod, withParameter, withPath } from '../test-way.ts';
import { alibabaCloud } from './index.ts';
import { apiVersion, callsPerSecondMax, oddAccounts, operations, requiredParameters, reseller } from './quirks.ts';
import { bss, core, OldClient } from './test-sdk.ts';

type Fields = Readonly<Record<string, string | number | undefined>>;
type Keys = Readonly<Record<'accessKeyId' | 'accessKeySecret', string>>;

/** How each operation is asked so that it succeeds, as often as it is asked. */
const asked: Readonly<Record<string, Fields>> = {
  [operations.change]: {
    OwnerId: 7,
    AdjustType: 'decrease',
    Amount: '10.00',
    Currency: 'CNY',
    BusinessType: 'b',
    Source: 's',
    OutBizId: 'G1',
  },
  [operations.set]: { OwnerId: 7, Amount: '10.00' },
  [operations.query]: { OwnerId: 7 },
  [operations.balance]: {},
  [operations.transactions]: {},
};

/** What makes a call a refused one. */
interface Cell {
  /** Other fields than those that succeed; undefined leaves one out. */
  readonly fields?: Fields;
  readonly keys?: Partial<Keys>;
  /** So many calls succeed before. */
  readonly after?: number;
  /** What becomes of the refused call on its way. */
  readonly change?: Change;
  /** The client's clock is not the vendor's. */
  readonly isOfAnotherTime?: true;
  readonly isOld?: true;
}

const lowerFirst = (name: string): string => `${name.slice(0, 1).toLowerCase()}${name.slice(1)}`;

/** The answer of today's SDK, whose body may say that it is none. */
interface Answer {
  readonly statusCode: number;
  readonly body: { readonly success: boolean; readonly code: string };
}

/** An operation is a method of today's SDK, and most have a request of their own. */
const call = async (url: string, keys: Keys, operation: string, fields: Fields): Promise<Answer> => {
  const config = new core.$OpenApiUtil.Config({ ...keys, endpoint: url.replace('http://', ''), protocol: 'HTTP' });
  const client = new bss.default(config) as unknown as Record<string, (request?: object) => Promise<Answer>>;
  const Request = (bss as unknown as Record<string, new (fields: object) => object>)[`${operation}Request`];
  const named = Object.fromEntries(Object.entries(fields).map(([name, value]) => [lowerFirst(name), value]));
  const send = client[lowerFirst(operation)] ?? expect.unreachable();
  return Request === undefined ? send.call(client) : send.call(client, new Request(named));
};

const callOld = async (url: string, keys: Keys, operation: string, fields: Fields): Promise<Answer> => {
  const client = new OldClient({ ...keys, endpoint: url, apiVersion });
  await client.request(operation, { ...fields });
  return expect.unreachable('the older SDK throws at every refusal');
};

/** What either SDK throws. */
type Thrown = Error & {
  readonly code?: string;
  readonly statusCode?: number;
  readonly entry?: { readonly response: { readonly statusCode: number } };
};

const way = openWay();

const refuse = async (operation: string, cell: Cell): Promise<Shown & { readonly error?: Thrown }> => {
  const wall = cell.isOfAnotherTime ? clockAtNewYear() : systemClock;
  const provider = alibabaCloud.open(testPorts({ clock: clockAtNewYear(), wall }));
  const keys = { accessKeyId: reseller.accessKeyId, accessKeySecret: reseller.accessKeySecret, ...cell.keys };
  const send = cell.isOld ? callOld : call;
  const url = await way.leadTo(provider);
  const before = Array.from({ length: cell.after ?? 0 }, () => send(url, keys, operation, asked[operation] ?? {}));
  for (const { body } of await Promise.all(before)) expect(body.success).toBe(true);
  await way.leadTo(provider, cell.change);
  try {
    const { statusCode, body } = await send(url, keys, operation, { ...asked[operation], ...cell.fields });
    return { code: body.success === false ? body.code : 'success', status: statusCode, provider };
  } catch (reason) {
    const error = reason as Thrown;
    const status = error.statusCode ?? error.entry?.response.statusCode;
    return { code: error.code ?? String(error), status: status ?? Number.NaN, provider, error };
  } finally {
    expect(way.hasGranted()).toBe(false);
  }
};

/** Without one of the parameters of the older signature. */
const oldWithout = (name: string): Cell => ({ isOld: true, change: withParameter(name, '') });

/** What any operation refuses. */
const gateway: Readonly<Record<string, Cell>> = {
  IncompleteSignature: { change: withHeader('authorization', 'ACS3-HMAC-SHA256') },
  'InvalidAccessKeyId.NotFound': { keys: { accessKeyId: 'nobody' } },
  'InvalidAction.NotFound': { change: withPath('/x') },
  InvalidSignatureMethod: { isOld: true, change: withParameter('SignatureMethod', 'HMAC-MD5') },
  'InvalidTimeStamp.Expired': { isOfAnotherTime: true },
  'InvalidTimeStamp.Format': { change: withHeader('x-acs-date', 'today') },
  InvalidVersion: { change: withHeader('x-acs-version', '2000-01-01') },
  MissingAccessKeyId: oldWithout('AccessKeyId'),
  MissingSignature: oldWithout('Signature'),
  MissingSignatureMethod: oldWithout('SignatureMethod'),
  MissingSignatureNonce: oldWithout('SignatureNonce'),
  MissingTimestamp: oldWithout('Timestamp'),
  NotAuthorized: {
    keys: { accessKeyId: reseller.deniedAccessKeyId, accessKeySecret: reseller.deniedAccessKeySecret },
  },
  SignatureDoesNotMatch: { keys: { accessKeySecret: 'wrong' } },
  SignatureNonceUsed: {
    change: (sent, provider) => {
      provider.handle(sent);
      return sent;
    },
  },
  'Throttling.User': { after: callsPerSecondMax },
  UnsupportedHTTPMethod: { change: withMethod('PUT') },
};

/** Accounts with which something is wrong. */
const owners: Readonly<Record<string, Cell>> = {
  CreditInnerError: { fields: { OwnerId: oddAccounts.failingOwnerId } },
  InternalError: { fields: { OwnerId: oddAccounts.brokenOwnerId } },
  NotApplicable: { fields: { OwnerId: oddAccounts.foreignOwnerId } },
};
const spent: Cell = {
  keys: { accessKeyId: reseller.poorAccessKeyId, accessKeySecret: reseller.poorAccessKeySecret },
  fields: { Amount: '1000.01' },
};

/** What an operation refuses beyond that, apart from parameters that are not there. */
const own: Readonly<Record<string, Readonly<Record<string, Cell>>>> = {
  [operations.change]: {
    ...owners,
    InsufficientBalance: spent,
    OutBizIdConflict: { after: 1, fields: { Amount: '10.01' } },
    ParameterError: { fields: { Currency: 'USD' } },
    QuotaNotEnough: { fields: { AdjustType: 'increase' } },
  },
  [operations.set]: { ...owners, InsufficientBalance: spent, ParameterError: { fields: { Amount: '-1' } } },
  [operations.query]: { ...owners, ParameterError: { fields: { OwnerId: -7 } } },
  [operations.transactions]: { ParameterError: { fields: { PageNum: 0 } } },
};

const missingAt = (operation: string): Readonly<Record<string, Cell>> =>
  Object.fromEntries(
    (requiredParameters.get(operation) ?? []).map((name) => [`Missing${name}`, { fields: { [name]: undefined } }]),
  );

const cellsOf = cellsBy(refuse);

testRefusals('alibaba-cloud', {
  ...Object.fromEntries(
    Object.keys(asked).map((one) => [one, cellsOf(one, { ...gateway, ...missingAt(one), ...own[one] })]),
  ),
  unknown: cellsOf(operations.query, {
    'InvalidAction.NotFound': { change: withHeader('x-acs-action', 'toString') },
    MissingAction: { change: withHeader('x-acs-action', '') },
    UnsupportedHTTPMethod: {
      change: (sent, provider) => withMethod('PUT')(withHeader('x-acs-action', 'Nothing')(sent, provider), provider),
    },
  }),
});

test.each([
  { name: 'ClientError', when: 'a caller did something wrong', cell: gateway.SignatureDoesNotMatch },
  { name: 'ServerError', when: 'the status is 500', cell: owners.CreditInnerError },
  { name: 'ThrottlingError', when: 'there were too many calls', cell: gateway['Throttling.User'] },
  { name: 'ClientError', when: 'the vendor failed, and said so with 400', cell: owners.InternalError },
])('the SDK throws a $name when $when', async ({ name, cell = {} }) => {
  const { error } = await refuse(operations.query, cell);
  expect(error).toBeInstanceOf(core.AlibabaCloudError);
  expect(error?.name).toBe(name);
});
