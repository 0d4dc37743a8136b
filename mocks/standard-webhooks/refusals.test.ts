/** Every refusal of the generic provider, as a client of its API sees it. */
import { expect } from 'vitest';
import { steppedClock } from '#harness/clock';
import { type CallFate, noFaults } from '#harness/provider';
import { type Shown, testRefusals } from '../test-refusals.ts';
import { keyLengthMax, operations } from './quirks.ts';
import { openApi, order, url } from './test-sdk.ts';

type Api = Awaited<ReturnType<typeof openApi>>;
type Answered = Awaited<ReturnType<Api['ask']>>;

const key = (text: string) => ({ 'idempotency-key': text });

/** What each operation is sent beside the ids in its path; nothing where that is enough. */
const bodies: Readonly<Record<string, object>> = {
  [operations.createPayment]: { ...order, reference: 'T2' },
  [operations.createRefund]: { amount: 100 },
  [operations.createEndpoint]: { url },
};

/** Makes a payment, paid where it is to be refunded, and an endpoint; answers the operation with their ids. */
const standing = async ({ ask, hand }: Api, operation: string): Promise<string> => {
  const payment = await ask(operations.createPayment, { body: order, headers: key('used') });
  const endpoint = await ask(operations.createEndpoint, { body: { url } });
  if (operation === operations.createRefund) hand.deeds.pay?.('T1');
  return operation.replace('{payment}', String(payment.fields.id)).replace('{endpoint}', String(endpoint.fields.id));
};

/** Under which status each code comes. */
const statuses: Readonly<Record<string, number>> = {
  'invalid-field': 422,
  'key-in-use': 409,
  'key-invalid': 400,
  'key-missing': 400,
  'key-reused': 422,
  'malformed-body': 400,
  'method-not-allowed': 405,
  'no-such-endpoint': 404,
  'no-such-payment': 404,
  'no-such-route': 404,
  'reference-taken': 409,
  'refund-too-large': 422,
  unauthorized: 401,
  'wrong-state': 409,
};

const shown = ({ provider }: Api, { status, type, fields }: Answered): Shown => {
  const code = String(fields.type).replace('https://payments.example/problems/', '');
  expect({ status, type }).toEqual({ status: statuses[code], type: 'application/problem+json' });
  expect(fields.status).toBe(status);
  return { code, provider };
};

/** What is different from a valid call: `path` with another id, or what was done by hand before. */
interface Change {
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly before?: (hand: Api['hand']) => void;
}

/** A call that is answered by problem details, and changes no payment. */
const refused =
  (operation: string, { path, before, ...sent }: Change = {}) =>
  async (): Promise<Shown> => {
    const api = await openApi();
    const there = await standing(api, operation);
    before?.(api.hand);
    const orders = api.hand.orders();
    const answered = await api.ask(path ?? there, { body: bodies[operation], ...sent });
    expect(api.hand.orders()).toEqual(orders);
    return shown(api, answered);
  };

/** The second of two equal calls, while the first is under way; that one succeeds. */
const refusedWhileUnderWay = (operation: string) => async (): Promise<Shown> => {
  const wall = steppedClock(0);
  let fate: CallFate = 'answer';
  const api = await openApi({ wall, site: { ...noFaults, onCall: () => fate } });
  const there = await standing(api, operation);
  const ask = () => api.ask(there, { body: bodies[operation], headers: key('in use') });
  const callCount = () => api.provider.records().calls.length;
  const earlierCount = callCount();
  fate = { how: 'slow', afterMs: 50 };
  const first = ask();
  await expect.poll(callCount, { timeout: 30_000 }).toBe(earlierCount + 1);
  fate = 'answer';
  const second = await ask();
  wall.advance(50);
  expect((await first).status).toBeLessThan(300);
  return shown(api, second);
};

type Cells = Readonly<Record<string, () => Promise<Shown>>>;

const cells = (operation: string, own: Cells): Cells => ({
  unauthorized: refused(operation, { headers: { authorization: 'Bearer wrong' } }),
  ...own,
});

/** Every POST needs a key, and whatever body it has is read. */
const postCells = (operation: string, own: Cells): Cells =>
  cells(operation, {
    'key-missing': refused(operation, { headers: key('') }),
    'key-invalid': refused(operation, { headers: key('x'.repeat(keyLengthMax + 1)) }),
    'key-reused': refused(operation, { headers: key('used') }),
    'key-in-use': refusedWhileUnderWay(operation),
    'malformed-body': refused(operation, { body: '[' }),
    ...own,
  });

const { createPayment, listPayments, readPayment, cancelPayment, createRefund } = operations;
const { createEndpoint, readEndpoint, rotateSecret, rotateEndpointSecret } = operations;
const of = (id: string) => (operation: string) => refused(operation, { path: operation.replace(/\{\w+\}/, id) });
const [ofNoPayment, ofNoEndpoint] = [of('pay_1'), of('ep_1')];

testRefusals('standard-webhooks', {
  [createPayment]: postCells(createPayment, {
    'invalid-field': refused(createPayment, { body: { ...order, currency: 'usd' } }),
    'reference-taken': refused(createPayment, { body: { ...order, amount: 1 } }),
  }),
  // It is asked for by reference.
  [listPayments]: cells(listPayments, { 'invalid-field': refused(listPayments) }),
  [readPayment]: cells(readPayment, { 'no-such-payment': ofNoPayment(readPayment) }),
  [cancelPayment]: postCells(cancelPayment, {
    'no-such-payment': ofNoPayment(cancelPayment),
    'wrong-state': refused(cancelPayment, { before: (hand) => hand.deeds.pay?.('T1') }),
  }),
  [createRefund]: postCells(createRefund, {
    'invalid-field': refused(createRefund, { body: { amount: 0 } }),
    'no-such-payment': ofNoPayment(createRefund),
    'refund-too-large': refused(createRefund, { body: { amount: 8889 } }),
    'wrong-state': refused(createRefund, { before: (hand) => hand.deeds.refund?.('T1') }),
  }),
  [createEndpoint]: postCells(createEndpoint, {
    'invalid-field': refused(createEndpoint, { body: { url: 'ftp://merchant.test/' } }),
  }),
  [readEndpoint]: cells(readEndpoint, { 'no-such-endpoint': ofNoEndpoint(readEndpoint) }),
  [rotateSecret]: postCells(rotateSecret, {}),
  [rotateEndpointSecret]: postCells(rotateEndpointSecret, { 'no-such-endpoint': ofNoEndpoint(rotateEndpointSecret) }),
  unknown: {
    'method-not-allowed': refused('DELETE /v1/payments'),
    'no-such-route': refused('GET /v1/nothing'),
    unauthorized: refused('GET /v1/nothing', { headers: { authorization: 'Bearer wrong' } }),
  },
});
