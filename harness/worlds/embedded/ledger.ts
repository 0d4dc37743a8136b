/** The read-only view of a ledger: one connection of the target's auditor, one snapshot per look. */
import { Client } from 'pg';
import type { LedgerView } from '../../books.ts';
import { errors } from '../../errors.ts';
import type { Target } from '../../target.ts';
import { typeParsers } from './sql.ts';

/** A view that stays open for a run. */
export interface Ledger {
  /** All that was committed at one moment; looks that overlap wait for each other. */
  read(): Promise<LedgerView>;
  close(): Promise<void>;
}

const lists = ['orders', 'credits', 'balances', 'transitions', 'entries'] as const;

/** What the target makes of its tables; throws `target-failed` for a mistake of its own: bad SQL, a missing list. */
const readView = async ({ database }: Pick<Target, 'database'>, auditor: Client): Promise<LedgerView> => {
  try {
    const view = await database.readLedger(async (sql) => (await auditor.query(sql)).rows);
    const missing = lists.filter((list) => !Array.isArray(view?.[list]));
    if (missing.length > 0) throw new TypeError(`${missing.join(', ')} must be a list`);
    return view;
  } catch (error) {
    // SQLSTATE class 42: syntax errors, unknown names, missing rights.
    const isMistake = error instanceof TypeError || String((error as { code?: unknown }).code).startsWith('42');
    throw isMistake ? errors.targetFailed('database.readLedger', error) : error;
  }
};

/** The ledger of `target` at `url`; connects at the first look, and anew at the look after one that failed. */
export const openLedger = (target: Pick<Target, 'database'>, url: string): Ledger => {
  let client: Client | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const disconnect = async (): Promise<void> => {
    const old = client;
    client = undefined;
    await old?.end();
  };
  const connected = async (): Promise<Client> => {
    if (client !== undefined) return client;
    client = new Client({ connectionString: url, types: typeParsers });
    client.on('error', () => {}); // the look that meets the broken connection reports it
    await client.connect();
    return client;
  };
  const look = async (): Promise<LedgerView> => {
    try {
      const auditor = await connected();
      await auditor.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const view = await readView(target, auditor);
      await auditor.query('COMMIT');
      return view;
    } catch (error) {
      await disconnect();
      throw error;
    }
  };
  return {
    read: () => {
      const result = turn.then(look, look);
      turn = result.catch(() => {});
      return result;
    },
    close: async () => {
      await turn;
      await disconnect();
    },
  };
};
