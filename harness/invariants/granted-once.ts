/**
 * INV11: the cloud grants what the ledger credited, once. Counted per cloud account, because the references of blind
 * retries do not lead back to an order.
 */
import type { BookedOrder, Books } from '../books.ts';
import { defineInvariant } from '../invariant.ts';
import { formatMoney } from '../money.ts';

const sumMinor = (items: readonly { readonly amountMinor: bigint }[]): bigint =>
  items.reduce((sum, item) => sum + item.amountMinor, 0n);

/**
 * Orders that were credited, and those that are completed, per cloud account. Counted by what was ordered: an order
 * that was credited twice is the business of no-double-credit, and deserves one grant all the same.
 */
const ordersByAccount = (books: Books) => {
  const withCredit = new Set(books.credits.map(({ orderId }) => orderId));
  const credited = books.orders.filter(({ id }) => withCredit.has(id));
  const accountOf = ({ cloudAccount }: BookedOrder) => cloudAccount;
  const completed = books.orders.filter(({ state }) => state === 'COMPLETED');
  return { credited: Map.groupBy(credited, accountOf), completed: Map.groupBy(completed, accountOf) };
};

export const grantedOnce = defineInvariant({
  id: 'granted-once',
  covers: 'INV11',
  claim: 'Each cloud account was granted what the ledger credited for it, once.',
  meaning: 'The cloud gave more than was paid for, or less. Compare its quota with the grant attempts of the account.',
  severity: 'critical',
  unit: 'minor units',
  signal: 'overgranted',
  bound: 0,
  exercised: (books) => books.grants.length,
  witnesses: (books) => {
    const grants = Map.groupBy(books.grants, (grant) => grant.cloudAccount);
    const orders = ordersByAccount(books);
    return [...new Set([...grants.keys(), ...orders.completed.keys()])].flatMap((cloudAccount) => {
      const granted = grants.get(cloudAccount) ?? [];
      const credited = orders.credited.get(cloudAccount) ?? [];
      const completed = orders.completed.get(cloudAccount) ?? [];
      const mostMinor = sumMinor(credited);
      const leastMinor = sumMinor(completed);
      const grantedMinor = sumMinor(granted);
      if (leastMinor <= grantedMinor && grantedMinor <= mostMinor) return [];
      const currency = (granted[0] ?? completed[0])?.currency ?? 'CNY';
      const over = grantedMinor > mostMinor;
      const last = granted.at(-1);
      const told = over ? credited[0] : completed[0];
      return {
        subject: `cloud account ${cloudAccount}`,
        story: over ? 'was granted more than the ledger credited' : 'was granted less than its completed orders',
        expected: `${formatMoney({ amountMinor: over ? mostMinor : leastMinor, currency })} granted`,
        actual: `${formatMoney({ amountMinor: grantedMinor, currency })} in ${granted.length} grants`,
        ...(told === undefined ? {} : { orderId: told.id }),
        evidence: granted.map((grant) => grant.id),
        ...(over && last !== undefined ? { sinceMs: last.atMs } : {}),
      };
    });
  },
});
