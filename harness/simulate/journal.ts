/** What happened in one simulated world, in order: for people as lines, for comparison as a digest over all values. */
import { createHash } from 'node:crypto';
import { remembered } from './remembered.ts';

/** Grows while the world runs. Equal digests mean equal choices, equal rows and equal errors, in the same order. */
export interface Journal {
  readonly lines: readonly string[];
  note(line: string): void;
  digest(): string;
}

/** An empty journal. */
export const openJournal = (): Journal => {
  const lines: string[] = [];
  return {
    lines,
    note: (line) => {
      lines.push(line);
    },
    digest: () => createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16),
  };
};

/** `JSON.stringify` asks a value for its own form first, and a Buffer's is a list of numbers, four times as long. */
const written = function (this: unknown, key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  const own = typeof value === 'object' ? (this as Record<string, unknown>)[key] : undefined;
  return own instanceof Uint8Array ? `${Buffer.from(own).toString('base64')} (bytes)` : value;
};

/** A value as text; the text differs wherever the value does, also for bigint and for bytes. */
export const textOf = (value: unknown): string => JSON.stringify(value, written) ?? 'undefined';

const lengthMax = 60;

/** The beginning of a statement on one line, at most 60 characters. */
export const shortSql = remembered((sql) => sql.replace(/\s+/g, ' ').trim().slice(0, lengthMax));
