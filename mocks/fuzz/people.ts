/** What people do at a payment provider while it is fuzzed. */
import { ToppleError } from '#harness/errors';
import type { OpenProvider } from '#harness/provider';
import type { Random } from '#harness/seed';

/** Now and then something is done by hand to one of the orders, mostly paying; what its state forbids is refused. */
export const someDeed = ({ byHand }: OpenProvider, random: Random): void => {
  const orders = byHand?.orders() ?? [];
  if (byHand === undefined || orders.length === 0 || random.integer(1, 10) > 1) return;
  const { reference } = random.pick(orders);
  const deed = random.integer(1, 3) > 1 ? 'pay' : random.pick(Object.keys(byHand.deeds));
  try {
    byHand.deeds[deed]?.(reference);
  } catch (error) {
    if (!(error instanceof ToppleError)) throw error;
  }
};

/** The numbers under which orders are made: few enough to be met again. */
export const someNumber = (random: Random): string => `T${String(random.integer(1, 60)).padStart(6, '0')}`;
