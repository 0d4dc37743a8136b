/** What is a run's own in a system that others use too: everything below one beginning of wallet names. */
import type { LedgerView } from '../../books.ts';
import type { PlannedTraffic } from '../../workload.ts';

/** The traffic under names that begin with `prefix`, so that no wallet and no request is anybody else's. */
export const claimed = ({ batches }: PlannedTraffic, prefix: string): PlannedTraffic => ({
  batches: batches.map((batch) =>
    batch.map((order) => ({
      ...order,
      wallet: `${prefix}${order.wallet}`,
      idempotencyKey: `${prefix}${order.idempotencyKey}`,
    })),
  ),
});

/** The part of the ledger below `prefix`. Ledger rows say not whose they are: all of them are kept. */
export const ownPart = (ledger: LedgerView, prefix: string): LedgerView => {
  const isOwn = ({ wallet }: { readonly wallet: string }): boolean => wallet.startsWith(prefix);
  const orders = ledger.orders.filter(isOwn);
  const ids = new Set(orders.map(({ id }) => id));
  return {
    ...ledger,
    orders,
    credits: ledger.credits.filter((credit) => isOwn(credit) || ids.has(credit.orderId)),
    balances: ledger.balances.filter(isOwn),
    transitions: ledger.transitions.filter(({ orderId }) => ids.has(orderId)),
  };
};
