/** Customers who top up one wallet from several places at once, and watch its balance until the money is there. */
import { between, drawFrom } from '../range.ts';
import { defineWorkload } from '../workload.ts';
import { buyers, orderOf } from './buyers.ts';

export const watchedWallets = defineWorkload({
  id: 'watched-wallets',
  summary:
    'For each of `wallets` wallets at once: `orders` orders of `amountMinor`. Whoever has paid looks at order and ' +
    'balance in turn, `looks` times at most, the last time when the order has told that the money is there.',
  params: {
    wallets: between(1, 1_000),
    orders: between(1, 1_000),
    amountMinor: between(1, 100_000_000),
    looks: between(1, 1_000),
  },
  plan: (ranges, random) => {
    const sizes = random.fork('sizes');
    const amounts = random.fork('amounts');
    const orders = drawFrom(ranges.orders, sizes);
    const people = buyers(drawFrom(ranges.wallets, sizes), random.fork('buyers'));
    const all = people.flatMap((person, wallet) =>
      Array.from({ length: orders }, (_, index) => {
        const amountMinor = BigInt(drawFrom(ranges.amountMinor, amounts));
        const order = orderOf(person, wallet * orders + index, amountMinor, { creates: 1, confirms: 0 });
        return { ...order, looks: drawFrom(ranges.looks, sizes) };
      }),
    );
    return { batches: [all] };
  },
});
