/** Looks at the books of a world after each step: what the step moved, and since when a promise has been broken. */
import type { Books } from '../books.ts';
import type { Invariant } from '../invariant.ts';
import { moneyInWords } from '../report/words.ts';
import { auditOf } from '../run/audit.ts';

const added = <Item>(
  before: readonly Item[],
  after: readonly Item[],
  keyOf: (item: Item) => string,
): readonly Item[] => {
  const known = new Set(before.map(keyOf));
  return after.filter((item) => !known.has(keyOf(item)));
};

/** `220.46 CNY stored, 627.37 CNY posted`: a balance beside the sum of its postings. */
export const balanceWords = ({ currency, storedMinor, postedMinor }: Books['balances'][number]): string =>
  `${moneyInWords({ amountMinor: storedMinor, currency })} stored, ` +
  `${moneyInWords({ amountMinor: postedMinor, currency })} posted`;

/** The money that moved between two looks, in words; empty when none did. */
export const movesBetween = (before: Books, after: Books): readonly string[] => [
  ...added(before.captured, after.captured, ({ id }) => id).map(
    (payment) => `${moneyInWords(payment)} captured, payment ${payment.id}`,
  ),
  ...added(before.credits, after.credits, ({ entryId }) => entryId).map(
    (credit) => `${moneyInWords(credit)} credited to ${credit.wallet}, ${credit.entryId}`,
  ),
  ...added(before.grants, after.grants, ({ id }) => id).map(
    (grant) => `${moneyInWords(grant)} granted to ${grant.cloudAccount}, grant ${grant.id}`,
  ),
  ...added(before.balances, after.balances, (balance) => `${balance.wallet} ${balanceWords(balance)}`).map(
    (balance) => `balance of ${balance.wallet}: ${balanceWords(balance)}`,
  ),
];

/** A step of a world: the index of its line, and how many steps, itself the last, and choices led to it. */
export interface Reached {
  readonly line: number;
  readonly steps: number;
  readonly choices: number;
}

/** What was seen of the books of one world. */
export interface BookWatch {
  /** By index into the lines of the world: the money that this step moved. */
  readonly moves: ReadonlyMap<number, readonly string[]>;
  /** Since which step each promise has been broken, up to the last look. */
  readonly brokenSince: ReadonlyMap<string, Reached>;
  /** Looks after a step. */
  look(books: Books, step: Reached): void;
}

/** What only buyers can tell is not in these books. */
export const watchBooks = (invariants: readonly Invariant[]): BookWatch => {
  const brokenSince = new Map<string, Reached>();
  const moves = new Map<number, readonly string[]>();
  let before: Books | undefined;
  return {
    moves,
    brokenSince,
    look: (books, step) => {
      const moved = before === undefined ? [] : movesBetween(before, books);
      if (moved.length > 0) moves.set(step.line, moved);
      before = books;
      for (const invariant of invariants) {
        if (auditOf(invariant, books).finding !== 'violated') brokenSince.delete(invariant.id);
        else if (!brokenSince.has(invariant.id)) brokenSince.set(invariant.id, step);
      }
    },
  };
};
