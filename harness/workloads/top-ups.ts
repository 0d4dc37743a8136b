/** Many buyers who each top up once; some of them come back for the same amount. */
import { between, drawFrom } from '../range.ts';
import { defineWorkload, type PlannedOrder } from '../workload.ts';
import { buyers, orderOf } from './buyers.ts';

export const topUps = defineWorkload({
  id: 'top-ups',
  summary:
    'Makes `payments` orders of `amountMinor` each, `concurrency` at a time; every fifth order repeats the buyer and ' +
    'the amount of the one before. Each buyer sends `confirms` confirm requests at the moment of payment.',
  params: {
    payments: between(1, 100_000),
    concurrency: between(1, 1_000),
    amountMinor: between(1, 100_000_000),
    confirms: between(0, 10),
  },
  plan: (ranges, random) => {
    const sizes = random.fork('sizes');
    const amounts = random.fork('amounts');
    const payments = drawFrom(ranges.payments, sizes);
    const concurrency = drawFrom(ranges.concurrency, sizes);
    const people = buyers(payments, random.fork('buyers'));
    const orders: PlannedOrder[] = [];
    for (const [ordinal, person] of people.entries()) {
      const before = ordinal % 5 === 4 ? orders[ordinal - 1] : undefined;
      const amountMinor = before?.amountMinor ?? BigInt(drawFrom(ranges.amountMinor, amounts));
      const atOnce = { creates: 1, confirms: drawFrom(ranges.confirms, amounts) };
      orders.push(orderOf(before ?? person, ordinal, amountMinor, atOnce));
    }
    const batches = Array.from({ length: Math.ceil(payments / concurrency) }, (_, index) =>
      orders.slice(index * concurrency, (index + 1) * concurrency),
    );
    return { batches };
  },
});
