/** API clients that take an idempotency key for several orders, as one derived from a screen or a session would be. */
import { between, drawFrom } from '../range.ts';
import { defineWorkload, type PlannedOrder } from '../workload.ts';
import { buyers, orderOf } from './buyers.ts';

export const reusedKeys = defineWorkload({
  id: 'reused-keys',
  summary:
    'Makes `payments` orders of `amountMinor` each, `concurrency` at a time. Under the key of each order its client ' +
    'also asks for `otherAmounts` other amounts: at once with it, and again when the key is taken.',
  params: {
    payments: between(1, 100_000),
    concurrency: between(1, 1_000),
    amountMinor: between(1, 99_999_000),
    otherAmounts: between(1, 10),
  },
  plan: (ranges, random) => {
    const sizes = random.fork('sizes');
    const amounts = random.fork('amounts');
    const payments = drawFrom(ranges.payments, sizes);
    const concurrency = drawFrom(ranges.concurrency, sizes);
    const orders = buyers(payments, random.fork('buyers')).map((person, ordinal): PlannedOrder => {
      const amountMinor = BigInt(drawFrom(ranges.amountMinor, amounts));
      const others = drawFrom(ranges.otherAmounts, amounts);
      const otherAmounts = Array.from({ length: others }, (_, index) => amountMinor + BigInt(index + 1));
      return { ...orderOf(person, ordinal, amountMinor, { creates: 1, confirms: 0 }), otherAmounts };
    });
    const batches = Array.from({ length: Math.ceil(payments / concurrency) }, (_, index) =>
      orders.slice(index * concurrency, (index + 1) * concurrency),
    );
    return { batches };
  },
});
