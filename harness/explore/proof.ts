/** The arithmetic of a breach: the rows of the books that it is about, and what they add up to. */
import { type Books, namesOrder } from '../books.ts';
import type { Witness } from '../invariant.ts';
import { moneyInWords } from '../report/words.ts';
import { balanceWords } from './book-watch.ts';

/** One row of the books. */
export interface ProofRow {
  /** What happened to the money; rows of one kind stand together. */
  readonly kind: 'captured' | 'credited' | 'granted' | 'balance';
  readonly amount: string;
  /** Which row it is, and whom it is about. */
  readonly what: string;
  /** The witness names it. */
  readonly isEvidence: boolean;
}

/** The rows, and the sum of each kind that has more than one. */
export interface Proof {
  readonly rows: readonly ProofRow[];
  readonly sums: Readonly<Partial<Record<ProofRow['kind'], string>>>;
}

interface Fact {
  readonly kind: ProofRow['kind'];
  readonly id: string;
  readonly what: string;
  readonly amountMinor: bigint;
  readonly currency: string;
}

/** What is about the order of the witness, is named by it, or is about the order of what it names. */
const factsOf = ({ orderId, evidence }: Witness, books: Books): readonly Fact[] => {
  const named = books.credits.filter(({ entryId }) => evidence.includes(entryId)).map((credit) => credit.orderId);
  const orders = books.orders.filter(({ id }) => id === orderId || named.includes(id));
  const isOurs = (id: string, reference: string): boolean =>
    evidence.includes(id) || orders.some((order) => namesOrder(reference, order));
  const captured = books.captured.filter(({ id, reference }) => isOurs(id, reference));
  const credits = books.credits.filter((one) => evidence.includes(one.entryId) || one.orderId === orderId);
  const grants = books.grants.filter(({ id, reference }) => isOurs(id, reference));
  return [
    ...captured.map((one) => ({ kind: 'captured' as const, what: `payment ${one.id}`, ...one })),
    ...credits.map((one) => {
      return { ...one, kind: 'credited' as const, id: one.entryId, what: `${one.entryId} to ${one.wallet}` };
    }),
    ...grants.map((one) => ({ kind: 'granted' as const, what: `grant ${one.id} to ${one.cloudAccount}`, ...one })),
  ];
};

const sumOf = (facts: readonly Fact[]): string | undefined => {
  const [first] = facts;
  if (first === undefined || facts.length < 2) return undefined;
  if (facts.some(({ currency }) => currency !== first.currency)) return undefined;
  const amountMinor = facts.reduce((sum, fact) => sum + fact.amountMinor, 0n);
  return moneyInWords({ amountMinor, currency: first.currency });
};

/** The rows of `books` that `witness` is about; empty where the breach is not about money of an order. */
export const proofOf = (witness: Witness, books: Books): Proof => {
  const facts = factsOf(witness, books);
  const wallets = new Set(
    books.credits.filter((one) => facts.some(({ id }) => id === one.entryId)).map((one) => one.wallet),
  );
  const balances = books.balances.filter(({ wallet }) => wallets.has(wallet));
  const sums = (['captured', 'credited', 'granted'] as const).flatMap((kind) => {
    const sum = sumOf(facts.filter((fact) => fact.kind === kind));
    return sum === undefined ? [] : [[kind, sum] as const];
  });
  return {
    rows: [
      ...facts.map(({ kind, id, what, ...money }) => {
        return { kind, amount: moneyInWords(money), what, isEvidence: witness.evidence.includes(id) };
      }),
      ...balances.map((balance) => {
        return {
          kind: 'balance' as const,
          amount: balanceWords(balance),
          what: balance.wallet,
          isEvidence: false,
        };
      }),
    ],
    sums: Object.fromEntries(sums),
  };
};
