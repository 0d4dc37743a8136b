/** Buyers and their orders, made by faker from the run's seed. */
import { faker } from '@faker-js/faker/locale/en';
import type { Random } from '../seed.ts';
import type { PlannedOrder } from '../workload.ts';

/** A customer with a wallet here and an account at the cloud. */
export interface Buyer {
  readonly customer: string;
  readonly wallet: string;
  readonly cloudAccount: string;
}

/** `count` different buyers. Reseeds faker's shared instance, so nothing drawn before has an influence. */
export const buyers = (count: number, random: Random): readonly Buyer[] => {
  faker.seed(random.integer(0, 0x7fff_ffff));
  return Array.from({ length: count }, (_, index) => ({
    customer: faker.person.fullName(),
    wallet: `wallet-${faker.string.alphanumeric({ length: 8, casing: 'lower' })}-${index}`,
    // Cloud account numbers are long; beyond 2^53 they must survive as text.
    cloudAccount: `${faker.string.numeric({ length: 15, allowLeadingZeros: false })}${index + 10}`,
  }));
};

/** What one buyer asks for. */
export const orderOf = (
  buyer: Buyer,
  ordinal: number,
  amountMinor: bigint,
  atOnce: { readonly creates: number; readonly confirms: number },
): PlannedOrder => ({
  customer: buyer.customer,
  wallet: buyer.wallet,
  cloudAccount: buyer.cloudAccount,
  ordinal,
  idempotencyKey: faker.string.uuid(),
  amountMinor,
  currency: 'CNY',
  createsAtOnce: atOnce.creates,
  confirmsAtOnce: atOnce.confirms,
});
