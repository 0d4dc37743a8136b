/** What happened in one simulated world, in order: for people as lines, for comparison as a digest over all values. */
import { createHash } from 'node:crypto';

/** Grows while the world runs. Equal digests mean equal choices, equal rows and equal errors, in the same order. */
export interface Journal {
  readonly lines: readonly string[];
  note(line: string): void;
  digest(): string;
}

/** An empty journal. */
export const openJournal = (): Journal => {
  const lines: string[] = [];
  const hash = createHash('sha256');
  return {
    lines,
    note: (line) => {
      lines.push(line);
      hash.update(`${line}\n`);
    },
    digest: () => hash.copy().digest('hex').slice(0, 16),
  };
};

/** A value as text; the text differs wherever the value does, also for bigint and for bytes. */
export const textOf = (value: unknown): string =>
  JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? `${one}n` : one)) ?? 'undefined';

/** The first `lengthMax` characters of a statement, on one line. */
export const shortSql = (sql: string, lengthMax = 60): string => sql.replace(/\s+/g, ' ').trim().slice(0, lengthMax);
