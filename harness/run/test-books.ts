/** Small books for tests: one order for 10.00 CNY, paid, credited and granted once, of which a test changes a part. */
import type { BookedCredit, BookedOrder, BookedTransition, Books, Intent, OrderState, Traces } from '../books.ts';
import type { Operation } from '../history.ts';
import type { CapturedPayment, Delivery, GrantedCredit, ProviderCall } from '../provider.ts';

/** An order that is completed. */
export const order = (part: Partial<BookedOrder> = {}): BookedOrder => ({
  id: 'o1',
  reference: 'r1',
  wallet: 'w1',
  cloudAccount: 'a1',
  amountMinor: 1000n,
  currency: 'CNY',
  state: 'COMPLETED',
  hold: null,
  ...part,
});

/** What the provider captured for it. */
export const payment = (part: Partial<CapturedPayment> = {}): CapturedPayment => ({
  id: 'p1',
  provider: 'alipay',
  reference: 'r1',
  amountMinor: 1000n,
  currency: 'CNY',
  atMs: 100,
  ...part,
});

/** What the ledger credited for that. */
export const credit = (part: Partial<BookedCredit> = {}): BookedCredit => ({
  entryId: 'e1',
  orderId: 'o1',
  paymentId: 'p1',
  wallet: 'w1',
  amountMinor: 1000n,
  currency: 'CNY',
  atMs: 200,
  ...part,
});

/** What the cloud granted for it. */
export const grant = (part: Partial<GrantedCredit> = {}): GrantedCredit => ({
  id: 'g1',
  provider: 'alibaba-cloud',
  cloudAccount: 'a1',
  reference: 'r1',
  amountMinor: 1000n,
  currency: 'CNY',
  atMs: 300,
  ...part,
});

/** The rows of a history that visits `states` one after the other. */
export const path = (...states: OrderState[]): BookedTransition[] =>
  states.map((to, index) => ({
    orderId: 'o1',
    sequence: index + 1,
    from: states[index - 1] ?? null,
    to,
    cause: 'test',
    atMs: index,
  }));

/** The wish that became the order. */
export const intent = (part: Partial<Intent> = {}): Intent => ({
  key: 'k1',
  requests: 1,
  unanswered: 0,
  refused: 0,
  wallet: 'w1',
  amountMinor: 1000n,
  orderIds: ['o1'],
  ...part,
});

/** A webhook about the payment, delivered after the credit and acknowledged. */
export const delivery = (part: Partial<Delivery> = {}): Delivery => ({
  provider: 'alipay',
  reference: 'r1',
  eventId: 'n1',
  attempt: 1,
  sentMs: 250,
  answeredMs: 251,
  status: 200,
  acknowledged: true,
  ...part,
});

/** Calls that ask about the order's payment, one each `everyMs`. */
export const calls = (count: number, everyMs: number): readonly ProviderCall[] =>
  Array.from({ length: count }, (_, index) => ({
    provider: 'alipay',
    operation: 'alipay.trade.query',
    reference: 'r1',
    nth: index + 1,
    startedMs: index * everyMs,
    outcome: 200,
  }));

/** So many confirm requests for the order, one each `everyMs`. */
export const confirms = (count: number, everyMs: number): readonly Operation[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: 'confirm-order',
    ordinal: 0,
    invokedMs: index * everyMs,
    completedMs: index * everyMs + 1,
    outcome: 'ok',
    status: 200,
    subject: 'o1',
  }));

/** A look of the order's buyer at its wallet, after the credit; beginning and end stand `nth` in the history. */
export const look = (shownMinor: bigint, nth: number, part: Partial<Operation> = {}): Operation => ({
  kind: 'read-wallet',
  ordinal: 0,
  invokedMs: 250 + nth,
  completedMs: 251 + nth,
  outcome: 'ok',
  status: 200,
  subject: 'w1',
  begunNth: nth,
  endedNth: nth + 1,
  shownMinor,
  ...part,
});

/** The order's buyer is told that its money is in the wallet. */
export const told = (nth: number, part: Partial<Operation> = {}): Operation => {
  const { shownMinor: _none, ...asked } = look(0n, nth);
  return { ...asked, kind: 'read-order', subject: 'o1', shownState: 'CREDITED', ...part };
};

/** Nothing was seen from outside, at the speed of production. */
export const noTraces: Traces = { operations: [], deliveries: [], calls: [], timeScale: 1 };

/** Books of that one order, with some of their parts replaced. */
export const books = (part: Partial<Books> = {}): Books => ({
  orders: [order()],
  captured: [payment()],
  credits: [credit()],
  grants: [grant()],
  forged: [],
  intents: [intent()],
  shown: [{ wallet: 'w1', balanceMinor: 1000n }],
  balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 1000n, postedMinor: 1000n }],
  transitions: path('CREATED', 'PAYMENT_INITIATED', 'PAYMENT_PENDING', 'PAYMENT_SUCCEEDED', 'CREDITED'),
  entries: [{ entryId: 'e1', digest: 'd1' }],
  earlierEntries: [{ entryId: 'e1', digest: 'd1' }],
  traces: noTraces,
  ...part,
});

/** Books in which nothing happened. */
export const emptyBooks: Books = {
  orders: [],
  captured: [],
  credits: [],
  grants: [],
  forged: [],
  intents: [],
  shown: [],
  balances: [],
  transitions: [],
  entries: [],
  earlierEntries: [],
  traces: noTraces,
};
