/** The read-only view of a ledger: one connection of the target's auditor, one snapshot per look. */
import { Client, types } from 'pg';
import type { LedgerView } from '../../books.ts';
import type { Target } from '../../target.ts';

/** A view that stays open for a run. */
export interface Ledger {
  /** All that was committed at one moment; looks that overlap wait for each other. */
  read(): Promise<LedgerView>;
  close(): Promise<void>;
}

const parsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === types.builtins.INT8 ? BigInt : types.getTypeParser(oid, format as 'text'),
} as typeof types;

/** The ledger of `target` at `url`; connects at the first look. */
export const openLedger = (target: Target, url: string): Ledger => {
  const client = new Client({ connectionString: url, types: parsers });
  client.on('error', () => {}); // the look that meets the broken connection reports it
  let connected: Promise<unknown> | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  const look = async (): Promise<LedgerView> => {
    connected ??= client.connect();
    await connected;
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    try {
      return await target.database.readLedger(async (sql) => (await client.query(sql)).rows);
    } finally {
      await client.query('COMMIT');
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
      await client.end();
    },
  };
};
