/**
 * A buyer of the reference service, as k6 runs it: creates an order, waits until it can be paid, pays at the provider's
 * cashier. Everything it needs comes by environment; see docs/load.md.
 */
import { check, sleep } from 'k6';
import exec from 'k6/execution';
import http from 'k6/http';
import { Counter } from 'k6/metrics';

const api = __ENV.TOPPLE_API_URL;
const cashier = __ENV.TOPPLE_PAY_URL;
const seed = Number(__ENV.TOPPLE_SEED ?? 1);
const headers = {
  ...(JSON.parse(__ENV.TOPPLE_API_HEADERS ?? '{}') as Record<string, string>),
  'content-type': 'application/json',
};

/** Orders that were paid. */
const paid = new Counter('topups_paid');

/** Waits between two looks at an order, in seconds; the last one is repeated. */
const looksAfter = [0.05, 0.1, 0.2, 0.4, 0.8];

interface ShownOrder {
  readonly id: string;
  readonly payment: { readonly reference: string; readonly payBy: string | null };
}

/** A number that looks random and is the same for the same seed and order. */
const drawn = (ordinal: number, salt: number): number => {
  let state = Math.imul(seed ^ Math.imul(ordinal + 1, 0x9e3779b1), 0x85ebca6b) ^ salt;
  state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d);
  return (state ^ (state >>> 13)) >>> 0;
};

/** The order once its buyer can pay; undefined when that takes longer than `patienceS`. */
const untilPayable = (created: ShownOrder, patienceS: number): ShownOrder | undefined => {
  let waitedS = 0;
  for (let looks = 0, order = created; ; looks += 1) {
    if (order.payment.payBy !== null) return order;
    if (waitedS >= patienceS) return undefined;
    const pauseS = looksAfter[Math.min(looks, looksAfter.length - 1)] ?? 1;
    sleep(pauseS);
    waitedS += pauseS;
    const answer = http.get(`${api}/v1/orders/${created.id}`, { headers, tags: { name: 'read order' } });
    if (answer.status === 200) order = answer.json() as unknown as ShownOrder;
  }
};

/** Whether a client sends the same again, under the same key, because it does not know what became of it. */
const isOpen = (status: number): boolean => status === 0 || status === 409 || status >= 500;

/** Creates the order of this key as a stubborn client does, for `patienceS` at most. */
const create = (key: string, body: object, patienceS: number) => {
  for (let waitedS = 0; ; waitedS += 1) {
    const answer = http.post(`${api}/v1/orders`, JSON.stringify(body), {
      headers: { ...headers, 'idempotency-key': key },
      tags: { name: 'create order' },
    });
    if (!isOpen(answer.status) || waitedS >= patienceS) return answer;
    sleep(1);
  }
};

/** One buyer out of as many as there are wallets: one order of up to 500 yuan, paid as soon as that is possible. */
export const buyOnce = (wallets: number, patienceS: number): void => {
  const ordinal = exec.scenario.iterationInTest;
  const body = {
    walletId: `wallet-${seed}-${drawn(ordinal, 1) % wallets}`,
    cloudAccountId: `${100000000000000 + (drawn(ordinal, 1) % wallets)}`,
    amountMinor: 100 + (drawn(ordinal, 2) % 49_900),
    currency: 'CNY',
  };
  const answer = create(`load-${seed}-${ordinal}`, body, patienceS);
  if (!check(answer, { 'order created': ({ status }) => status === 201 })) return;
  const order = untilPayable(answer.json() as unknown as ShownOrder, patienceS);
  if (!check(order, { 'order payable': (shown) => shown !== undefined }) || order === undefined) return;
  const receipt = http.post(cashier ?? '', JSON.stringify({ reference: order.payment.reference }), {
    headers: { 'content-type': 'application/json' },
    tags: { name: 'pay' },
  });
  if (check(receipt, { 'payment taken': ({ status }) => status === 200 })) paid.add(1);
};
