/** Every refusal, through the vendor's SDK core. */
import { expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { clockAtNewYear, testPorts } from '../test-ports.ts';
import { cellsBy, type Shown, testRefusals } from '../test-refusals.ts';
import { openWay } from '../test-way.ts';
import { huaweiCloud } from './index.ts';
import { callsPerSecondMax, oddAccounts, operations, partner, transferTakesMs } from './quirks.ts';
import { clientOf, type Setup } from './test-sdk.ts';
import { debit } from './wire.ts';

type Fields = Readonly<Record<string, unknown>>;

const move = { customer_id: 'c1', amount: 10 };
const transfer = { customer_id: 'm1', amount: '10.00' };

/** How each operation is asked so that it succeeds: what stands in the body, or in the query of a GET. */
const asked: Readonly<Record<string, Fields>> = {
  [operations.adjust]: move,
  [operations.reclaim]: move,
  [operations.records]: {},
  [operations.recordsV3]: {},
  [operations.partnerBalances]: {},
  [operations.customerBalances]: { customer_infos: [{ customer_id: 'c1' }] },
  [operations.transfer]: transfer,
  [operations.transferable]: { balance_type: debit },
  [operations.retrievable]: { sub_customer_id: 'm1', balance_type: debit },
  [operations.oldAdjust]: { ...move, amount: '10.00', currency: 'CNY', measure_id: 1 },
};

/** What makes a call a refused one. */
interface Cell {
  /** Other fields than those that succeed. */
  readonly fields?: Fields;
  readonly setup?: Setup;
  /** So many calls are made before, with these fields, and so much time goes by after each. */
  readonly after?: number;
  readonly afterFields?: Fields;
  readonly apartMs?: number;
}

const way = openWay();

const refuse = async (operation: string, cell: Cell): Promise<Shown & { readonly error?: unknown }> => {
  const clock = clockAtNewYear();
  const provider = huaweiCloud.open(testPorts({ clock, wall: systemClock }));
  const url = await way.leadTo(provider);
  const ask = (asker: ReturnType<typeof clientOf>, one: string, fields: Fields) =>
    asker.call(one, { [one.startsWith('GET') ? 'query' : 'data']: { ...fields }, partnerId: 'p1' });
  const client = clientOf({ provider, url });
  // What is to be taken back has to be there.
  if (operation === operations.reclaim) await ask(client, operations.adjust, { ...move, amount: 1_000 });
  for (let nth = 0; nth < (cell.after ?? 0); nth += 1) {
    // Transfers wait for each other, so most of many at once are refused; they count all the same.
    await ask(client, operation, { ...asked[operation], ...cell.afterFields }).catch(() => undefined);
    clock.advance(cell.apartMs ?? 0);
  }
  try {
    const refused = clientOf({ provider, url }, cell.setup);
    const answer = await ask(refused, operation, { ...asked[operation], ...cell.fields });
    // Version 1.0 refuses with HTTP 200, in which the SDK sees no refusal.
    return { code: String(answer.error_code), status: answer.httpStatusCode, provider };
  } catch (error) {
    const { errorCode, httpStatusCode } = error as { errorCode?: string; httpStatusCode?: number };
    return { code: errorCode ?? String(error), status: httpStatusCode ?? Number.NaN, provider, error };
  } finally {
    expect(way.hasGranted()).toBe(false);
  }
};

/** What any operation refuses. */
const gateway: Readonly<Record<string, Cell>> = {
  'APIG.0301': { setup: { secretKey: 'wrong' } },
  'APIG.0308': { after: callsPerSecondMax },
  'CBC.0151': { setup: { accessKey: partner.deniedAccessKey, secretKey: partner.deniedSecretKey } },
};

const { brokenCustomerId, foreignCustomerId, advisedCustomerId } = oddAccounts;
const ofCustomer = (customer_id: string): Cell => ({ fields: { customer_id } });
const ofMember = (sub_customer_id: string): Cell => ({ fields: { sub_customer_id } });
const ofNobodysReseller: Cell = { fields: { indirect_partner_id: 'nobody' } };

const moving: Readonly<Record<string, Cell>> = {
  'CBC.0100': { fields: { amount: 0 } },
  'CBC.0999': ofCustomer(brokenCustomerId),
  'CBC.99000000': ofCustomer(advisedCustomerId),
  'CBC.99000035': ofCustomer(foreignCustomerId),
  'CBC.99000037': ofNobodysReseller,
};
const listing: Readonly<Record<string, Cell>> = {
  'CBC.0100': { fields: { limit: 101 } },
  'CBC.99000037': ofNobodysReseller,
};
const ofNoKind: Cell = { fields: { balance_type: 'BALANCE_TYPE_CREDIT' } };

/** What an operation refuses beyond that. */
const own: Readonly<Record<string, Readonly<Record<string, Cell>>>> = {
  [operations.adjust]: {
    ...moving,
    'CBC.99005003': { fields: { amount: 1_000.01, indirect_partner_id: partner.indirectPartnerId } },
  },
  [operations.reclaim]: { ...moving, 'CBC.99005003': { fields: { amount: 1_000.01 } } },
  [operations.records]: listing,
  [operations.recordsV3]: listing,
  [operations.partnerBalances]: { 'CBC.99000037': ofNobodysReseller },
  [operations.customerBalances]: { 'CBC.0100': { fields: { customer_infos: [] } }, 'CBC.99000037': ofNobodysReseller },
  [operations.transfer]: {
    'CBC.0100': ofNoKind,
    'CBC.0999': ofCustomer(brokenCustomerId),
    'CBC.99000043': ofCustomer(foreignCustomerId),
    'CBC.99005003': { fields: { amount: '1000000000.01' } },
    'CBC.99007009': { after: 1, afterFields: { trans_id: 'T1' }, fields: { trans_id: 'T1' }, apartMs: transferTakesMs },
    'CBC.99007461': { after: 1 },
  },
  [operations.transferable]: { 'CBC.0100': ofNoKind },
  [operations.retrievable]: {
    'CBC.0100': ofNoKind,
    'CBC.0999': ofMember(brokenCustomerId),
    'CBC.99000047': ofMember(foreignCustomerId),
  },
  [operations.oldAdjust]: {
    'CBC.0100': { fields: { currency: 'USD' } },
    'CBC.0999': ofCustomer(brokenCustomerId),
    'CBC.5003': { fields: { amount: '1000000000.01' } },
    'CBC.5004': ofCustomer(foreignCustomerId),
    'CBC.5021': ofCustomer(advisedCustomerId),
  },
};

const cellsOf = cellsBy(refuse);

testRefusals('huawei-cloud', {
  ...Object.fromEntries(Object.keys(asked).map((one) => [one, cellsOf(one, { ...gateway, ...own[one] })])),
  unknown: { 'APIG.0101': () => refuse('POST /v9/nothing', {}) },
});

test.each([
  { name: 'ClientRequestException', code: 'CBC.0100', cell: moving['CBC.0100'] },
  { name: 'ClientRequestException', code: 'APIG.0308', cell: gateway['APIG.0308'] },
  { name: 'ServerResponseException', code: 'CBC.0999', cell: moving['CBC.0999'] },
])('the SDK throws a $name for $code', async ({ name, cell = {} }) => {
  expect((await refuse(operations.adjust, cell)).error).toMatchObject({ name });
});
