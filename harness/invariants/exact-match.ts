/** INV4: order, payment and credit agree to the minor unit, in currency and in wallet; a mismatch is never credited. */
import { defineInvariant } from '../invariant.ts';
import { formatMoney } from '../money.ts';

/** Says so where one amount is a hundred times the other: somebody took fen for yuan, or yuan for fen. */
const scaleText = (creditedMinor: bigint, othersMinor: readonly bigint[]): string => {
  if (othersMinor.some((otherMinor) => creditedMinor === otherMinor * 100n)) return ', a hundred times as much';
  return othersMinor.some((otherMinor) => creditedMinor * 100n === otherMinor) ? ', a hundredth' : '';
};

export const exactMatch = defineInvariant({
  id: 'exact-match',
  covers: 'INV4',
  claim: 'What is credited equals what was ordered and what was captured: amount, currency and wallet.',
  meaning: 'A wallet received another sum than was paid. Put the order on hold and compare the three amounts.',
  severity: 'critical',
  unit: 'credits',
  bound: 0,
  signal: 'mismatched',
  exercised: (books) => {
    const orders = new Map(books.orders.map((order) => [order.reference, order]));
    const differing = books.captured.filter((payment) => {
      const order = orders.get(payment.reference);
      return order !== undefined && order.amountMinor !== payment.amountMinor;
    });
    return books.credits.length + differing.length;
  },
  witnesses: (books) => {
    const payments = new Map(books.captured.map((payment) => [payment.id, payment]));
    const orders = new Map(books.orders.map((order) => [order.id, order]));
    return books.credits.flatMap((credit) => {
      const order = orders.get(credit.orderId);
      const payment = payments.get(credit.paymentId);
      if (order === undefined || payment === undefined) return []; // no-unbacked-credit speaks of these
      const equal =
        credit.wallet === order.wallet &&
        [order, payment].every((side) => side.amountMinor === credit.amountMinor && side.currency === credit.currency);
      if (equal) return [];
      const amountsMinor = [order.amountMinor, payment.amountMinor];
      return {
        subject: `credit ${credit.entryId}`,
        anomaly: credit.wallet === order.wallet ? ('C4' as const) : ('C5' as const),
        story: 'differs from what was ordered or captured',
        expected: `${formatMoney(order)} to wallet ${order.wallet}, captured ${formatMoney(payment)}`,
        actual: `${formatMoney(credit)} to wallet ${credit.wallet}${scaleText(credit.amountMinor, amountsMinor)}`,
        orderId: order.id,
        evidence: [credit.entryId],
        sinceMs: credit.atMs,
      };
    });
  },
});
