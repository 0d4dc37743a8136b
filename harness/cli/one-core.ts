/** Keeps a search on one core: a simulated world is one long chain of short waits, for PostgreSQL and for us. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Numbers in a list of Linux: `0-2,5` is 0, 1, 2, 5. */
export const coresIn = (list: string): readonly number[] =>
  list
    .split(',')
    .filter((range) => /^\d+(-\d+)?$/.test(range.trim()))
    .flatMap((range) => {
      const [first = 0, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, nth) => first + nth);
    });

const allowedFor = (pid: number): string =>
  /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

/**
 * Keeps process `pid`, and what it starts from now on, on one of the cores that it may use: the `nth`, counting round.
 * To wake a core that sleeps takes longer than most answers. The result takes that back. Where Linux or its `taskset`
 * is missing, or refuses, nothing happens.
 */
export const keepOnOneCore = (pid: number, nth: number): (() => void) => {
  const place = (cores: string): void => {
    execFileSync('taskset', ['--pid', '--cpu-list', cores, String(pid)], { stdio: 'ignore' });
  };
  try {
    const allowed = allowedFor(pid);
    const cores = coresIn(allowed);
    const core = cores[nth % cores.length];
    if (core === undefined) return () => undefined;
    place(String(core));
    return () => {
      try {
        place(allowed);
      } catch {
        // it stays where it is
      }
    };
  } catch {
    return () => undefined;
  }
};
