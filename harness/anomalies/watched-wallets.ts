/** Wallets as they were looked at while money came in: what was shown, what had been told, and what was posted when. */
import type { BookedCredit, Books, OrderState } from '../books.ts';
import type { Operation } from '../history.ts';

/** Somebody's look at a balance: which answer it got, and between which moments. */
export type Look = Operation & Required<Pick<Operation, 'shownMinor' | 'begunNth' | 'endedNth'>>;

/** An order of which somebody was told that its money is in the wallet. */
export interface Told {
  readonly ordinal: number | null;
  readonly endedNth: number;
  /** Its credit; the smallest of several, because nobody knows which was there. None for money that never came. */
  readonly credits: readonly BookedCredit[];
}

/** A wallet of which all postings are known, so that its balance is known at each moment. */
export interface Wallet {
  readonly id: string;
  readonly currency: string;
  readonly postedMinor: bigint;
  readonly atRestMinor: bigint | undefined;
  /** In order of time. */
  readonly credits: readonly BookedCredit[];
  /** In the order in which they began. */
  readonly looks: readonly Look[];
  /** In the order in which they were told, each order once. */
  readonly told: readonly Told[];
}

/** An order is shown like this from the commit on that raised its wallet. */
export const creditedStates: ReadonlySet<string> = new Set<OrderState>(['CREDITED', 'PROVISIONING', 'COMPLETED']);

/** What these credits raised a wallet by. */
export const sumOf = (credits: readonly BookedCredit[]): bigint =>
  credits.reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

const isLook = (operation: Operation): operation is Look =>
  operation.kind === 'read-wallet' &&
  operation.outcome === 'ok' &&
  operation.shownMinor !== undefined &&
  operation.begunNth !== undefined &&
  operation.endedNth !== undefined;

/** What was told of each order first, by its wallet. */
const toldIn = ({ orders, credits, traces }: Books): ReadonlyMap<string, readonly Told[]> => {
  const byOrder = Map.groupBy(credits, ({ orderId }) => orderId);
  const wallets = new Map(orders.map(({ id, wallet }) => [id, wallet]));
  const first = new Map<string, Told & { readonly wallet: string }>();
  for (const { ordinal, subject, shownState = '', endedNth } of traces.operations) {
    const wallet = wallets.get(subject ?? '');
    if (subject === null || wallet === undefined || endedNth === undefined || !creditedStates.has(shownState)) continue;
    const own = (byOrder.get(subject) ?? []).filter((credit) => credit.wallet === wallet);
    const smallest = own.find((one) => own.every(({ amountMinor }) => one.amountMinor <= amountMinor));
    const known = first.get(subject);
    if (known === undefined || endedNth < known.endedNth)
      first.set(subject, { ordinal, endedNth, wallet, credits: smallest === undefined ? [] : [smallest] });
  }
  return Map.groupBy(
    [...first.values()].sort((a, b) => a.endedNth - b.endedNth),
    ({ wallet }) => wallet,
  );
};

/** Wallets whose balance at any moment can be told from their credits. */
export const walletsIn = (books: Books): readonly Wallet[] => {
  const credits = Map.groupBy(
    books.credits.toSorted((a, b) => a.atMs - b.atMs),
    ({ wallet }) => wallet,
  );
  const balances = Map.groupBy(books.balances, ({ wallet }) => wallet);
  const looks = Map.groupBy(books.traces.operations.filter(isLook), ({ subject }) => subject ?? '');
  const atRest = new Map(books.shown.map(({ wallet, balanceMinor }) => [wallet, balanceMinor]));
  const told = toldIn(books);
  return [...new Set([...looks.keys(), ...atRest.keys()])].flatMap((id) => {
    const own = credits.get(id) ?? [];
    const [balance, another] = balances.get(id) ?? [];
    const postedMinor = balance?.postedMinor ?? 0n;
    const isKnown = another === undefined && sumOf(own) === postedMinor;
    if (!isKnown || (balance?.storedMinor ?? 0n) !== postedMinor) return [];
    return {
      id,
      currency: balance?.currency ?? own[0]?.currency ?? '',
      postedMinor,
      atRestMinor: atRest.get(id),
      credits: own,
      looks: (looks.get(id) ?? []).toSorted((a, b) => a.begunNth - b.begunNth),
      told: told.get(id) ?? [],
    };
  });
};
