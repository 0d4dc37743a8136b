/** Every refusal, through the SDK of the market that an operation belongs to. */
import { expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { cellsBy, type Shown, testRefusals } from '../test-refusals.ts';
import { type Change, openWay, withBody, withHeader, withMethod, withParameter, withPath } from '../test-way.ts';
import { tencentCloud } from './index.ts';
import { limits, oddAccounts, operations, operationTable, partner } from './quirks.ts';
import { international, mainland, type Setup } from './test-sdk.ts';

type Fields = Readonly<Record<string, unknown>>;

const abroad: readonly string[] = [
  operations.allocate,
  operations.history,
  operations.credits,
  operations.partnerCredit,
];

/** How each operation is asked so that it succeeds. */
const asked: Readonly<Record<string, Fields>> = {
  [operations.allocate]: { ClientUin: 7, AddedCredit: 10, Remark: 'T1' },
  [operations.history]: { ClientUin: 7 },
  [operations.credits]: { UinList: [7] },
  [operations.partnerCredit]: {},
  [operations.transfer]: { ClientUin: '7', Amount: 1000 },
  [operations.balance]: { ClientUin: '7' },
};

/** What makes a call a refused one. */
interface Cell {
  /** Other fields than those that succeed. */
  readonly fields?: Fields;
  readonly setup?: Setup;
  /** So many calls in a second are let through, and were made before. */
  readonly isTooMuch?: true;
  /** What becomes of the refused call on its way. */
  readonly change?: Change;
  /** The client's clock is not the vendor's. */
  readonly isOfAnotherTime?: true;
  /** By the client behind all services, which sends whatever it is given: the international one knows its fields. */
  readonly isCommon?: true;
}

/** What either SDK throws. */
type Thrown = Error & { readonly code?: string; getRequestId(): string };

const way = openWay();

const refuse = async (operation: string, cell: Cell): Promise<Shown & { readonly thrown?: Thrown }> => {
  const wall = cell.isOfAnotherTime ? clockAtNewYear() : systemClock;
  const provider = tencentCloud.open(testPorts({ clock: clockAtNewYear(), wall }));
  const url = await way.leadTo(provider);
  const isTyped = abroad.includes(operation) && !cell.isCommon;
  const { version = '', callsPerSecondMax = 0 } = operationTable.get(operation) ?? {};
  const sdk = isTyped ? international : mainland;
  const call = sdk({ provider, url }, { ...(version !== '' && { version }), ...cell.setup });
  if (cell.isTooMuch) for (let nth = 0; nth < callsPerSecondMax; nth += 1) await call(operation, asked[operation]);
  await way.leadTo(provider, cell.change);
  try {
    await call(operation, { ...asked[operation], ...cell.fields });
    return { code: 'success', provider };
  } catch (error) {
    const thrown = error as Thrown;
    expect(thrown.getRequestId()).toMatch(/^[0-9a-f-]{36}$/);
    return { code: thrown.code ?? String(thrown), provider, thrown };
  } finally {
    expect(way.hasGranted()).toBe(false);
  }
};

/** What any operation refuses. */
const gateway: Readonly<Record<string, Cell>> = {
  'AuthFailure.InvalidAuthorization': {
    setup: { signMethod: 'TC3-HMAC-SHA256' },
    change: withHeader('authorization', 'TC3-HMAC-SHA256'),
  },
  'AuthFailure.SecretIdNotFound': { setup: { secretId: 'nobody' } },
  'AuthFailure.SignatureExpire': { isOfAnotherTime: true },
  'AuthFailure.SignatureFailure': { setup: { secretKey: 'wrong' } },
  'AuthFailure.UnauthorizedOperation': {
    setup: { secretId: partner.deniedSecretId, secretKey: partner.deniedSecretKey },
  },
  InvalidRequest: { change: withPath('/x') },
  MissingParameter: { setup: { signMethod: 'HmacSHA256' }, change: withParameter('Nonce', '') },
  NoSuchVersion: { isCommon: true, setup: { version: '2017-01-01' } },
  RequestLimitExceeded: { isTooMuch: true },
  UnknownParameter: { isCommon: true, fields: { Extra: '1' } },
  UnsupportedProtocol: { change: withMethod('PUT') },
};

const [broken, foreign, busy] = [oddAccounts.brokenUin, oddAccounts.foreignUin, oddAccounts.busyUin];
const ofUin = (ClientUin: unknown): Cell => ({ fields: { ClientUin } });
const ofUins = (...UinList: number[]): Cell => ({ fields: { UinList } });

/** What an operation refuses beyond that. */
const own: Readonly<Record<string, Readonly<Record<string, Cell>>>> = {
  [operations.allocate]: {
    FailedOperation: ofUin(Number(broken)),
    InvalidParameter: ofUin(1.5),
    'InvalidParameterValue.CreditAmountOutOfRange': { fields: { AddedCredit: 0 } },
    'UnauthorizedOperation.UinNoAuth': ofUin(Number(foreign)),
  },
  [operations.history]: {
    FailedOperation: { fields: { PageSize: limits.pageSizeMax + 1 } },
    InvalidParameter: { fields: { Page: 1.5 } },
  },
  [operations.credits]: {
    InternalError: ofUins(7, Number(broken)),
    InvalidParameter: ofUins(1.5),
    'InvalidParameterValue.UinList': ofUins(...Array.from({ length: limits.uinsMax + 1 }, (_, index) => index + 1)),
    'OperationDenied.ServiceBusy': ofUins(7, Number(busy)),
    'UnauthorizedOperation.NotCustomerUin': ofUins(7, Number(foreign)),
  },
  [operations.transfer]: {
    FailedOperation: { fields: { Amount: 1_000_000_000_01 } },
    InternalError: ofUin(broken),
    InvalidParameter: { fields: { Amount: 0 } },
    UnauthorizedOperation: ofUin(foreign),
  },
  [operations.balance]: {
    InternalError: ofUin(broken),
    InvalidParameter: ofUin(7),
    UnauthorizedOperation: ofUin(foreign),
  },
};

const cellsOf = cellsBy(refuse);

testRefusals('tencent-cloud', {
  ...Object.fromEntries(Object.keys(asked).map((one) => [one, cellsOf(one, { ...gateway, ...own[one] })])),
  unknown: {
    InvalidAction: () => refuse('Nothing', {}),
    InvalidRequest: () => refuse(operations.transfer, { change: withBody('[]') }),
    MissingParameter: () => refuse('', {}),
    UnsupportedProtocol: () => refuse('Nothing', { change: withMethod('PUT') }),
  },
});

test.each([operations.allocate, operations.transfer])(
  'trap: as text, what the SDK throws at %s has no code',
  async (one) => {
    const { code, thrown } = await refuse(one, gateway['AuthFailure.SignatureFailure'] ?? {});
    expect(code).toBe('AuthFailure.SignatureFailure');
    expect(String(thrown)).toMatch(
      /^\[TencentCloudSDKException\]message:The provided credentials could not be validated/,
    );
    expect(`${thrown} ${thrown?.message}`).not.toContain('SignatureFailure');
  },
);
