/** One wallet is topped up many times at once; the last buyer of each burst also double-clicks. */
import { between, drawFrom } from '../range.ts';
import { defineWorkload } from '../workload.ts';
import { buyers, orderOf } from './buyers.ts';

export const oneWalletTopUps = defineWorkload({
  id: 'one-wallet-top-ups',
  summary:
    'For each of `wallets` wallets, one after the other: `orders` orders of `amountMinor` at once, and one more, ' +
    'created by `sameKeyRequests` parallel requests under one Idempotency-Key.',
  params: {
    wallets: between(1, 1_000),
    orders: between(2, 1_000),
    sameKeyRequests: between(2, 100),
    amountMinor: between(1, 100_000_000),
  },
  plan: (ranges, random) => {
    const sizes = random.fork('sizes');
    const amounts = random.fork('amounts');
    const orders = drawFrom(ranges.orders, sizes);
    const people = buyers(drawFrom(ranges.wallets, sizes), random.fork('buyers'));
    const batches = people.map((person, wallet) =>
      Array.from({ length: orders + 1 }, (_, index) => {
        const creates = index === orders ? drawFrom(ranges.sameKeyRequests, sizes) : 1;
        const ordinal = wallet * (orders + 1) + index;
        return orderOf(person, ordinal, BigInt(drawFrom(ranges.amountMinor, amounts)), { creates, confirms: 0 });
      }),
    );
    return { batches };
  },
});
