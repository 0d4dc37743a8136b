/** INV11: the cloud grants each order what the ledger credited for it, once. */
import { type BookedOrder, type Books, namesOrder } from '../books.ts';
import { defineInvariant, type Witness } from '../invariant.ts';
import { formatMoney } from '../money.ts';
import type { GrantedCredit } from '../provider.ts';

const sumMinor = (items: readonly { readonly amountMinor: bigint }[]): bigint =>
  items.reduce((sum, item) => sum + item.amountMinor, 0n);

/** Least and most that `orders` deserve: completed ones have been granted, credited ones may have been. */
const deserved = (orders: readonly BookedOrder[], credited: ReadonlySet<string>) => ({
  leastMinor: sumMinor(orders.filter(({ state }) => state === 'COMPLETED')),
  mostMinor: sumMinor(orders.filter(({ id, state }) => state === 'COMPLETED' || credited.has(id))),
});

/** The grant with which the sum of all, in order of time, first exceeds `mostMinor`. */
const firstExcess = (grants: readonly GrantedCredit[], mostMinor: bigint): GrantedCredit | undefined => {
  let sum = 0n;
  return grants
    .toSorted((a, b) => a.atMs - b.atMs)
    .find(({ amountMinor }) => {
      sum += amountMinor;
      return sum > mostMinor;
    });
};

/** The breach, if the grants for these orders are more or less than they deserve. */
const breach = (
  subject: string,
  orders: readonly BookedOrder[],
  grants: readonly GrantedCredit[],
  credited: ReadonlySet<string>,
): readonly Witness[] => {
  const { leastMinor, mostMinor } = deserved(orders, credited);
  const grantedMinor = sumMinor(grants);
  if (leastMinor <= grantedMinor && grantedMinor <= mostMinor) return [];
  const currency = (grants[0] ?? orders[0])?.currency ?? 'CNY';
  const over = grantedMinor > mostMinor;
  const excess = firstExcess(grants, mostMinor);
  return [
    {
      subject,
      anomaly: 'V1' as const,
      story: over ? 'was granted more than the ledger credited' : 'was granted less than it was credited',
      expected: `${formatMoney({ amountMinor: over ? mostMinor : leastMinor, currency })} granted`,
      actual: `${formatMoney({ amountMinor: grantedMinor, currency })} in ${grants.length} grants`,
      ...(orders[0] === undefined ? {} : { orderId: orders[0].id }),
      evidence: grants.map((grant) => grant.id),
      ...(over && excess !== undefined ? { sinceMs: excess.atMs } : {}),
    },
  ];
};

/** The breach, if the cloud granted something before the order had its credit; without any credit it is an excess. */
const premature = (
  { id }: BookedOrder,
  grants: readonly GrantedCredit[],
  creditedMs: number | undefined,
): readonly Witness[] => {
  if (creditedMs === undefined) return [];
  return grants
    .filter(({ atMs }) => atMs < creditedMs)
    .map((grant) => ({
      subject: `order ${id}`,
      anomaly: 'V1' as const,
      story: `was granted ${formatMoney(grant)} before it was credited`,
      expected: 'a grant after the credit',
      actual: `a grant ${creditedMs - grant.atMs} ms before it`,
      orderId: id,
      evidence: [grant.id],
      sinceMs: grant.atMs,
    }));
};

/** Whose each grant is: of the order that its reference names; `stray` ones are of their cloud account alone. */
const attributed = (books: Books) => {
  const named = new Map(
    books.orders.map((order) => [order, books.grants.filter(({ reference }) => namesOrder(reference, order))]),
  );
  const owned = new Set([...named.values()].flat());
  const stray = Map.groupBy(
    books.grants.filter((grant) => !owned.has(grant)),
    ({ cloudAccount }) => cloudAccount,
  );
  const byOrder = [...named].filter(([order, grants]) => grants.length > 0 || !stray.has(order.cloudAccount));
  return { named, owned, stray, byOrder };
};

/** Each grant is looked at, and each completed order that has none. */
const countExercised = (books: Books): number =>
  books.grants.length +
  attributed(books).byOrder.filter(([{ state }, grants]) => state === 'COMPLETED' && grants.length === 0).length;

/** Order by order where the references lead to one; what is left is compared as one sum per cloud account. */
const breaches = (books: Books): readonly Witness[] => {
  const latestFirst = books.credits.toSorted((a, b) => b.atMs - a.atMs);
  const creditedMs = new Map(latestFirst.map(({ orderId, atMs }) => [orderId, atMs]));
  const credited = new Set(creditedMs.keys());
  const { named, owned, stray, byOrder } = attributed(books);
  const foreign = [...owned].filter((grant) => {
    return books.orders.some(
      (order) => namesOrder(grant.reference, order) && order.cloudAccount !== grant.cloudAccount,
    );
  });
  return [
    ...byOrder.flatMap(([order, grants]) => breach(`order ${order.id}`, [order], grants, credited)),
    ...[...named].flatMap(([order, grants]) => premature(order, grants, creditedMs.get(order.id))),
    ...foreign.flatMap((grant) => breach(`cloud account ${grant.cloudAccount}`, [], [grant], credited)),
    ...[...stray].flatMap(([account, grants]) => {
      const left = books.orders.filter((order) => order.cloudAccount === account && named.get(order)?.length === 0);
      return breach(`cloud account ${account}`, left, grants, credited);
    }),
  ];
};

export const grantedOnce = defineInvariant({
  id: 'granted-once',
  covers: 'INV11',
  claim: 'Each order is granted at the cloud what the ledger credited for it, once.',
  meaning: 'The cloud gave more than was paid for, or less. Compare its quota with the grant attempts of the account.',
  severity: 'critical',
  unit: 'minor units',
  signal: 'overgranted',
  bound: 0,
  exercised: countExercised,
  witnesses: breaches,
});
