/**
 * The books as transactions over lists, for Elle: a captured payment appends its number to the list of its order's
 * wallet, and once the system is at rest each list is read from the ledger. A payment that was credited twice stands
 * twice in its list; one that was lost is missing although its append was done before the read began.
 */
import type { Books } from '../books.ts';
import { type Edn, keyword } from './edn.ts';
import type { Span } from './operations.ts';

/** The part of the books that lists are made of; no amount is. */
export interface Credited {
  readonly captured: readonly Pick<Books['captured'][number], 'id' | 'reference' | 'atMs'>[];
  readonly orders: readonly Pick<Books['orders'][number], 'reference' | 'wallet' | 'hold'>[];
  readonly credits: readonly Pick<Books['credits'][number], 'paymentId' | 'wallet' | 'atMs'>[];
}

/** Small whole numbers for payments, from 1 in the order of their capture, then for those that no provider knows. */
const numbersOf = ({ captured, credits }: Credited): ReadonlyMap<string, number> => {
  const inOrder = captured.toSorted((a, b) => a.atMs - b.atMs).map(({ id }) => id);
  const ids = new Set([...inOrder, ...credits.map(({ paymentId }) => paymentId)]);
  return new Map([...ids].map((id, index) => [id, index + 1]));
};

/**
 * One append for each captured payment, and one read for each wallet. An order on hold is a case for people, who may
 * credit it or not: its append is `info`.
 */
export const listAppends = (books: Credited): readonly Span[] => {
  const numbers = numbersOf(books);
  const orders = new Map(books.orders.map((order) => [order.reference, order]));
  const credited = Map.groupBy(
    books.credits.toSorted((a, b) => a.atMs - b.atMs),
    ({ wallet }) => wallet,
  );
  const restMs = [...books.captured, ...books.credits].reduce((latestMs, { atMs }) => Math.max(latestMs, atMs), 0) + 1;
  const isCredited = new Set(books.credits.map(({ paymentId }) => paymentId));
  const appends = books.captured.flatMap(({ id, reference, atMs }): Span[] => {
    const order = orders.get(reference);
    if (order === undefined) return []; // nobody can say whose list it belongs to
    const value: Edn = [[keyword('append'), order.wallet, numbers.get(id) ?? 0]];
    const type = order.hold !== null && !isCredited.has(id) ? 'info' : 'ok';
    return [{ f: 'txn', invokedMs: atMs, completedMs: restMs, type, asked: value, ended: value }];
  });
  const wallets = new Set([...books.orders, ...books.credits].map(({ wallet }) => wallet));
  const reads = [...wallets].map((wallet): Span => {
    const list = (credited.get(wallet) ?? []).map(({ paymentId }) => numbers.get(paymentId) ?? 0);
    const read = (value: Edn): Edn => [[keyword('r'), wallet, value]];
    const [invokedMs, completedMs] = [restMs + 1, restMs + 2];
    return { f: 'txn', invokedMs, completedMs, type: 'ok', asked: read(null), ended: read(list) };
  });
  return [...appends, ...reads];
};
