/**
 * INV19: whoever looks at a balance, at whatever moment, sees one that the wallet had while he was asking. What is
 * stored may be wrong in itself, which is the business of balance-equals-ledger: then nothing is said of the wallet.
 */
import { type Look, sumOf, type Told, type Wallet, walletsIn } from '../anomalies/watched-wallets.ts';
import type { BookedCredit } from '../books.ts';
import { defineInvariant, type Witness } from '../invariant.ts';
import { formatMoney } from '../money.ts';

/** The sum of all credits that may have been there by then: a ledger dates none later than its commit. */
const upperBoundOf = ({ credits }: Wallet): ((atMs: number) => bigint) => {
  const sums = [0n];
  for (const { amountMinor } of credits) sums.push((sums.at(-1) ?? 0n) + amountMinor);
  return (atMs) => {
    let [low, high] = [0, credits.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((credits[middle]?.atMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    return sums[low] ?? 0n;
  };
};

const largest = (...amounts: readonly (bigint | undefined)[]): bigint =>
  amounts.reduce<bigint>((most, amount = 0n) => (amount > most ? amount : most), 0n);

/** What must be in the wallet, as far as all who asked have been told, and as far as one of them has. */
class Known {
  #toldMinor = 0n;
  #shownMinor = 0n;
  readonly #toOneMinor = new Map<number | null, bigint>();
  readonly credits: BookedCredit[] = [];

  tell({ ordinal, credits }: Told): void {
    this.credits.push(...credits);
    this.#toldMinor += sumOf(credits);
    this.#toOne(ordinal, sumOf(credits));
  }

  show({ ordinal, shownMinor }: Look): void {
    this.#shownMinor = largest(this.#shownMinor, shownMinor);
    this.#toOne(ordinal, shownMinor);
  }

  toAllMinor(): bigint {
    return largest(this.#toldMinor, this.#shownMinor);
  }

  toOneMinor(ordinal: number | null): bigint {
    return this.#toOneMinor.get(ordinal) ?? 0n;
  }

  #toOne(ordinal: number | null, amountMinor: bigint): void {
    this.#toOneMinor.set(ordinal, largest(this.#toOneMinor.get(ordinal), amountMinor));
  }
}

const witnessOf = (
  { id, currency }: Wallet,
  { shownMinor, invokedMs }: Look,
  wrong: Required<Pick<Witness, 'anomaly' | 'story'>> & { readonly bound: string; readonly boundMinor: bigint },
  proof: readonly BookedCredit[],
): Witness => {
  const orderId = proof.at(-1)?.orderId;
  return {
    subject: `wallet ${id}`,
    anomaly: wrong.anomaly,
    story: wrong.story,
    expected: `${wrong.bound} ${formatMoney({ amountMinor: wrong.boundMinor, currency })}`,
    actual: formatMoney({ amountMinor: shownMinor, currency }),
    ...(orderId === undefined ? {} : { orderId }),
    evidence: proof.map(({ entryId }) => entryId),
    sinceMs: invokedMs,
  };
};

/** Looks at which the wallet can have had no such balance: what was told and shown before has to be there. */
const wrongLooks = (wallet: Wallet): readonly Witness[] => {
  const { looks, told, credits } = wallet;
  const upperAt = upperBoundOf(wallet);
  const known = new Known();
  const isPossible = ({ shownMinor, completedMs }: Look): boolean => shownMinor <= upperAt(completedMs);
  // Only what was possible may be held against later looks.
  const earlier = looks.filter(isPossible).sort((a, b) => a.endedNth - b.endedNth);
  let [toldCount, shownCount] = [0, 0];
  return looks.flatMap((look) => {
    for (let next = told[toldCount]; next && next.endedNth < look.begunNth; next = told[++toldCount]) known.tell(next);
    for (let next = earlier[shownCount]; next && next.endedNth < look.begunNth; next = earlier[++shownCount])
      known.show(next);
    const { shownMinor, ordinal, completedMs } = look;
    if (!isPossible(look)) {
      const story = 'showed more than had been posted to it by then';
      const later = credits.filter(({ atMs }) => atMs > completedMs);
      const boundMinor = upperAt(completedMs);
      return witnessOf(wallet, look, { anomaly: 'B2', story, bound: 'at most', boundMinor }, later);
    }
    if (shownMinor >= known.toAllMinor()) return [];
    const isOwn = shownMinor < known.toOneMinor(ordinal);
    const story = isOwn ? 'forgot what it had told the same buyer' : 'showed less than others had been told before';
    const bound = { bound: 'at least', boundMinor: known.toAllMinor() };
    return witnessOf(wallet, look, { anomaly: isOwn ? 'B3' : 'B2', story, ...bound }, known.credits);
  });
};

const wrongAtRest = ({ id, currency, postedMinor, atRestMinor = postedMinor, credits }: Wallet): readonly Witness[] => {
  const last = credits.at(-1);
  if (atRestMinor === postedMinor) return [];
  return [
    {
      subject: `wallet ${id}`,
      anomaly: 'B2',
      story: `shows its owner ${atRestMinor < postedMinor ? 'less' : 'more'} than was posted to it, at rest`,
      expected: formatMoney({ amountMinor: postedMinor, currency }),
      actual: formatMoney({ amountMinor: atRestMinor, currency }),
      ...(last === undefined ? {} : { orderId: last.orderId, sinceMs: last.atMs }),
      evidence: credits.map(({ entryId }) => entryId),
    },
  ];
};

export const truthfulBalances = defineInvariant({
  id: 'truthful-balances',
  covers: 'INV19',
  claim: 'Each balance that is shown is one that the wallet had while it was asked for.',
  meaning: 'Customers see money that is not there, or miss some that they were told of. Look for a cache or a replica.',
  severity: 'warning',
  unit: 'looks at a balance',
  bound: 0,
  exercised: (books) =>
    walletsIn(books).reduce(
      (count, { looks, atRestMinor }) => count + looks.length + (atRestMinor === undefined ? 0 : 1),
      0,
    ),
  witnesses: (books) => walletsIn(books).flatMap((wallet) => [...wrongLooks(wallet), ...wrongAtRest(wallet)]),
});
