/** Searches on several cores: each worker is a `topple explore` of its own, with a shard of the seeds. */
import { spawn } from 'node:child_process';
import type { SearchDocument } from '../explore/search-document.ts';
import { type Shard, shardText, splitInto } from '../explore/shard.ts';
import { simulationErrors } from '../simulation-errors.ts';
import { withResource } from './cleanup.ts';
import { keepOnOneCore } from './one-core.ts';

interface Worker {
  /** What it printed. */
  readonly document: Promise<SearchDocument>;
  /** Ends its search after the world that it is in. */
  finish(): void;
  /** Ends it at once; resolves when it has cleaned up. */
  stop(): Promise<void>;
}

/** What a worker hears: end the search after the world that you are in. */
const finishing = 'finish';

const startWorker = (args: readonly string[], shard: Shard, nth: number, heard: (worlds: number) => void): Worker => {
  const [entry = ''] = process.argv.slice(1);
  const child = spawn(process.execPath, [entry, ...args, '--shard', shardText(shard), '--json'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (child.pid !== undefined) keepOnOneCore(child.pid, nth);
  let said = '';
  let complaints = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    complaints = (complaints + chunk.toString()).slice(-2_000);
  });
  child.on('message', (worlds) => heard(Number(worlds)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    document: ended.then((code) => {
      if (!said.startsWith('{')) throw simulationErrors.workerFailed(shardText(shard), code, complaints);
      return JSON.parse(said) as SearchDocument;
    }),
    finish: () => {
      if (child.connected) child.send(finishing);
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
};

/** Tells the caller of a worker how many worlds were looked at; nothing happens in any other process. */
export const tellCaller = (worlds: number): void => {
  if (process.connected) process.send?.(worlds);
};

/** In a worker: true once its search is to end, because another one has found something or the caller is gone. */
export const isToFinish = (): (() => boolean) => {
  let isOver = false;
  const finish = (): void => {
    isOver = true;
  };
  process.once('disconnect', finish);
  process.once('message', finish);
  return () => isOver;
};

/**
 * Searches `shard` by `count` workers, each called with `args`; the first that finds something ends the search of all.
 * `told` hears how many worlds they have looked at. Throws `workerFailed`.
 */
export const searchByWorkers = (
  count: number,
  args: readonly string[],
  shard: Shard,
  told: (worlds: number) => void,
): Promise<readonly SearchDocument[]> => {
  const worlds = new Map<Shard, number>();
  const workers = splitInto(shard, count).map((part, nth) =>
    startWorker(args, part, nth, (seen) => {
      worlds.set(part, seen);
      told([...worlds.values()].reduce((sum, one) => sum + one, 0));
    }),
  );
  const stopAll = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.stop()));
  };
  return withResource(Promise.resolve(workers), stopAll, async () => {
    const documents = workers.map(async ({ document }) => {
      const said = await document;
      if (said.found !== null) for (const worker of workers) worker.finish();
      return said;
    });
    return Promise.all(documents);
  });
};
