/** What the owner of a wallet is shown: its balances as they are stored at that moment. */
import type { Times } from '../config.ts';
import type { Ports, Queryable } from '../ports.ts';

/** One balance; text, because a sum has no upper limit and JSON numbers lose units above 2^53. */
export interface ShownBalance {
  readonly currency: string;
  readonly balanceMinor: string;
}

/** The balances of a wallet, by currency; none for a wallet without one. */
export type ReadBalances = (walletId: string) => Promise<readonly ShownBalance[]>;

/** Composed once for each instance. */
export type ShowBalances = (ports: Pick<Ports, 'db' | 'clock'>, times: Times) => ReadBalances;

/** Balances as they are stored, each with the number of its last change. */
export const storedBalances = async (db: Queryable, walletId: string) => {
  const { rows } = await db.query<{ currency: string; balance_minor: string | bigint; version: string | bigint }>(
    'select currency, balance_minor, version from topup.balances where wallet_id = $1 order by currency',
    [walletId],
  );
  return rows.map(({ currency, balance_minor, version }) => {
    return { currency, balanceMinor: balance_minor.toString(), version: version.toString() };
  });
};

/** Asks the database each time. */
export const showStored: ShowBalances =
  ({ db }) =>
  async (walletId) =>
    (await storedBalances(db, walletId)).map(({ currency, balanceMinor }) => ({ currency, balanceMinor }));
