/** Small books for tests: one order for 10.00 CNY, paid, credited and granted once, of which a test changes a part. */
import type { BookedCredit, BookedOrder, BookedTransition, Books, OrderState } from '../books.ts';
import type { CapturedPayment, GrantedCredit } from '../provider.ts';

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

/** Books of that one order, with some of their parts replaced. */
export const books = (part: Partial<Books> = {}): Books => ({
  orders: [order()],
  captured: [payment()],
  credits: [credit()],
  grants: [grant()],
  forged: [],
  intents: [{ key: 'k1', requests: 1, orderIds: ['o1'] }],
  shown: [{ wallet: 'w1', balanceMinor: 1000n }],
  balances: [{ wallet: 'w1', currency: 'CNY', storedMinor: 1000n, postedMinor: 1000n }],
  transitions: path('CREATED', 'PAYMENT_INITIATED', 'PAYMENT_PENDING', 'PAYMENT_SUCCEEDED', 'CREDITED'),
  entries: [{ entryId: 'e1', digest: 'd1' }],
  earlierEntries: [{ entryId: 'e1', digest: 'd1' }],
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
};
