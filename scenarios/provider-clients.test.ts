/**
 * The service's clients of Alipay and Alibaba Cloud against the mocks' msw door: real requests, real signatures, and
 * answers that must not be believed.
 */
import { HttpResponse, http as mock } from 'msw';
import { setupServer } from 'msw/node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Cut, noFaults } from '#harness/provider';
import { mswHandlers } from '#mocks/doors/msw';
import { openDatabase, openSystem, type SimulatedDatabase, type System, target } from './test-system.ts';

const server = setupServer();
let database: SimulatedDatabase;
let system: System;
const cuts = new Map<string, Cut['cut']>();
let drawn = 0;
/** Longer than any breaker stays open. */
const breakerMs = 3_600_000;

beforeAll(async () => {
  server.listen();
  database = await openDatabase();
  system = await openSystem(database, {
    http: (url, request) => fetch(url, request),
    site: { ...noFaults, onCall: ({ operation }) => cuts.get(operation) ?? 'answer' },
  });
});

beforeEach(() => {
  cuts.clear();
  drawn += 1;
  const { alipay, cloud } = system;
  server.use(...mswHandlers(alipay, 'http://alipay.test'), ...mswHandlers(cloud, 'http://alibaba-cloud.test'));
});

afterEach(() => {
  server.resetHandlers();
});

afterAll(async () => {
  server.close();
  await database.drop();
});

const order = () => ({
  idempotencyKey: `intent-${drawn}`,
  wallet: `wallet-${drawn}`,
  cloudAccount: `${9_000 + drawn}`,
  amountMinor: 88_88n,
  currency: 'CNY',
});

const create = async () => target.http.orderIn(await system.ask(target.http.createOrder(order())));

const stateOf = async (orderId: string) => target.http.orderIn(await system.ask(target.http.readOrder(orderId)))?.state;

const attemptsOf = async (orderId: string): Promise<string[]> => {
  const sql = 'select state from topup.grant_attempts where order_id = $1 order by n';
  return (await database.as().query<{ state: string }>(sql, [orderId])).rows.map(({ state }) => state);
};

const grantsOf = (orderId: string) => system.cloud.records().grants.filter(({ reference }) => reference === orderId);

const paid = async (): Promise<string> => {
  const { id = '', reference = '' } = (await create()) ?? {};
  system.alipay.pay?.(reference);
  return id;
};

test('the gateway accepts what the service signs, and the service what the gateway signs', async () => {
  expect(await create()).toMatchObject({ state: 'PAYMENT_PENDING', payable: true });
  const id = await paid();
  expect(await system.ask(target.http.confirmOrder(id))).toMatchObject({
    status: 200,
    body: { state: 'PAYMENT_SUCCEEDED' },
  });
  await system.settle();
  expect(await stateOf(id)).toBe('COMPLETED');
  expect(grantsOf(id)).toMatchObject([{ amountMinor: 88_88n }]);
  expect(system.alipay.records().calls.every(({ outcome }) => outcome === 200)).toBe(true);
});

test('an order whose code nobody has scanned is no trade yet, and completes when it is paid at last', async () => {
  const { id = '', reference = '' } = (await create()) ?? {};
  const confirmed = async () => (await system.ask(target.http.confirmOrder(id))).body;
  expect(await confirmed()).toMatchObject({ state: 'PAYMENT_PENDING', hold: null });
  system.alipay.byHand?.deeds.scan?.(reference);
  expect(await confirmed()).toMatchObject({ state: 'PAYMENT_PENDING', hold: null });
  system.alipay.pay?.(reference);
  expect(await confirmed()).toMatchObject({ state: 'PAYMENT_SUCCEEDED' });
  await system.settle();
  expect(await stateOf(id)).toBe('COMPLETED');
});

/** The gateway's true answer, changed on its way. */
const tampered = (change: (answer: string) => string) =>
  mock.all('http://alipay.test/*', async ({ request }) => {
    const url = new URL(request.url);
    const reply = system.alipay.handle({
      method: request.method,
      path: url.pathname,
      query: url.searchParams,
      rawQuery: url.search.slice(1),
      headers: Object.fromEntries(request.headers),
      body: new Uint8Array(await request.arrayBuffer()),
    });
    if ('cut' in reply) return HttpResponse.error();
    return new HttpResponse(change(Buffer.from(reply.body).toString()), { status: reply.status });
  });

const unbelievable = [
  { what: 'without a signature', change: (answer: string) => answer.replace(/,"sign":"[^"]*"/, '') },
  {
    what: 'with the signature of another text',
    change: (answer: string) => answer.replace(/"sign":".{4}/, '"sign":"AAAA'),
  },
  { what: 'with an empty signature', change: (answer: string) => answer.replace(/"sign":"[^"]*"/, '"sign":""') },
  { what: 'cut off in the middle', change: (answer: string) => answer.slice(0, 40) },
  { what: 'that is a web page', change: () => '<html>502 Bad Gateway</html>' },
  { what: 'that is nothing', change: () => '' },
  { what: 'that is null', change: () => 'null' },
  { what: 'with a second object of that name', change: (answer: string) => answer.replace(/^\{/, '{"x":{},') },
];

test.each([
  ...unbelievable,
  { what: 'whose amount was changed', change: (answer: string) => answer.replace('88.88', '88.89') },
  { what: 'about another order', change: (answer: string) => answer.replace(/ord_\w/, 'ord_z') },
])('a query answer $what confirms no payment and holds up no order', async ({ change }) => {
  const id = await paid();
  server.use(tampered(change));
  expect((await system.ask(target.http.confirmOrder(id))).status).toBe(503);
  expect(await system.ask(target.http.readOrder(id))).toMatchObject({ body: { state: 'PAYMENT_PENDING', hold: null } });
});

test('a query answer turned from unpaid to paid is not believed', async () => {
  const { id = '', reference = '' } = (await create()) ?? {};
  system.alipay.byHand?.deeds.scan?.(reference);
  server.use(tampered((answer) => answer.replace('WAIT_BUYER_PAY', 'TRADE_SUCCESS')));
  expect((await system.ask(target.http.confirmOrder(id))).status).toBe(503);
  expect(await stateOf(id)).toBe('PAYMENT_PENDING');
});

test.each([
  ...unbelievable,
  { what: 'with another code to pay by', change: (answer: string) => answer.replace(/"qr_code":"/, '"qr_code":"x') },
])('an initiation answer $what gives the buyer nothing to pay by', async ({ change }) => {
  server.use(tampered(change));
  await system.advance(breakerMs);
  const callsBefore = system.alipay.records().calls.length;
  expect(await create()).toMatchObject({ state: 'PAYMENT_INITIATED', payable: false });
  expect(system.alipay.records().calls.length).toBe(callsBefore + 1);
});

test.each(['before', 'afterEffect', 'midBody'] as const)(
  'an initiation cut %s is repeated as the same trade',
  async (cut) => {
    cuts.set('alipay.trade.precreate', cut);
    const { id = '' } = (await create()) ?? {};
    expect(await stateOf(id)).toBe('PAYMENT_INITIATED');
    cuts.clear();
    await system.advance(breakerMs);
    await system.settle();
    expect(await stateOf(id)).toBe('PAYMENT_PENDING');
  },
);

describe('a grant', () => {
  test.each([
    { cut: 'before', attempts: ['SUPERSEDED', 'SUCCEEDED'], calls: 2 },
    { cut: 'afterEffect', attempts: ['SUCCEEDED'], calls: 1 },
    { cut: 'midBody', attempts: ['SUCCEEDED'], calls: 1 },
  ] as const)('cut $cut leaves attempts $attempts and one grant', async ({ cut, attempts, calls }) => {
    const id = await paid();
    await system.ask(target.http.confirmOrder(id));
    cuts.set('ChangeResellerConsumeAmount', cut);
    await system.settle();
    expect(await attemptsOf(id)).toEqual(['UNKNOWN']);
    cuts.clear();
    await system.advance(60_000);
    await system.settle();
    expect(await stateOf(id)).toBe('COMPLETED');
    expect(await attemptsOf(id)).toEqual(attempts);
    expect(grantsOf(id)).toHaveLength(1);
    const sent = system.cloud
      .records()
      .calls.filter(({ operation, reference }) => operation.startsWith('Change') && reference === id);
    expect(sent).toHaveLength(calls);
  });

  test.each([
    { what: 'a web page', body: '<html/>', status: 200 },
    { what: 'success without saying so', body: '{"Code":"200"}', status: 200 },
    { what: 'success as text', body: '{"Code":"200","Success":"true"}', status: 200 },
    { what: 'an inner error', body: '{"Code":"CreditInnerError"}', status: 500 },
    { what: 'an error of nobody knows what', body: '{"Code":"NeverHeardOf"}', status: 502 },
  ])('answered by $what counts as unknown', async ({ body, status }) => {
    const id = await paid();
    await system.ask(target.http.confirmOrder(id));
    const isGrant = (request: Request) => request.headers.get('x-acs-action') === 'ChangeResellerConsumeAmount';
    const answer = ({ request }: { request: Request }) =>
      isGrant(request) ? new HttpResponse(body, { status }) : undefined;
    server.use(mock.post('http://alibaba-cloud.test/', answer));
    await system.settle();
    expect(await attemptsOf(id)).toEqual(['UNKNOWN']);
  });
});
