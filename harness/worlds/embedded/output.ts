/** What a process prints: written to a log, the last lines kept, each handed to who listens. */
import { createWriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The output of one process. */
export interface Output {
  /** Calls `listener` with each line, the kept ones first; the result ends that. */
  onLine(listener: (line: string) => void): () => void;
  /** The last 200 lines. */
  tail(): string;
  /** Closes the log. */
  close(): void;
}

const keptLines = 200;

/** Reads `streams` to their ends and appends them to `logFile`; a log that cannot be written is no error. */
export const readOutput = (streams: readonly Readable[], logFile: string): Output => {
  const kept: string[] = [];
  const listeners = new Set<(line: string) => void>();
  const log = createWriteStream(logFile, { flags: 'a' }).on('error', () => undefined);
  for (const stream of streams) {
    stream.pipe(log, { end: false });
    createInterface({ input: stream }).on('line', (line) => {
      kept.push(line);
      if (kept.length > keptLines) kept.shift();
      for (const listener of listeners) listener(line);
    });
  }
  return {
    onLine: (listener) => {
      for (const line of [...kept]) listener(line);
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tail: () => kept.join('\n'),
    close: () => {
      log.end();
    },
  };
};
