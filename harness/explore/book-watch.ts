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

/** What was seen of the books of one world. */
export interface BookWatch {
  /** By index into the lines of the world: the money that this step moved. */
  readonly moves: ReadonlyMap<number, readonly string[]>;
  /** Since which line each promise has been broken, up to the last look, and how many choices led there. */
  readonly brokenSince: ReadonlyMap<string, number>;
  readonly choicesUntil: ReadonlyMap<string, number>;
  /** Looks after the step of `line`, to which so many choices led. */
  look(books: Books, line: number, choices: number): void;
}

/** What only buyers can tell is not in these books. */
export const watchBooks = (invariants: readonly Invariant[]): BookWatch => {
  const brokenSince = new Map<string, number>();
  const choicesUntil = new Map<string, number>();
  const moves = new Map<number, readonly string[]>();
  let before: Books | undefined;
  return {
    moves,
    brokenSince,
    choicesUntil,
    look: (books, line, choices) => {
      const moved = before === undefined ? [] : movesBetween(before, books);
      if (moved.length > 0) moves.set(line, moved);
      before = books;
      for (const invariant of invariants) {
        const { id } = invariant;
        const isBroken = auditOf(invariant, books).finding === 'violated';
        for (const [since, here] of [[brokenSince, line] as const, [choicesUntil, choices] as const]) {
          if (!isBroken) since.delete(id);
          else if (!since.has(id)) since.set(id, here);
        }
      }
    },
  };
};
