/** Finds and stops what was started under a lease, by looking at the processes themselves: no list can be lost. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { sleep, systemClock } from '../../clock.ts';

/** The environment variable that every child of a lease carries; its value is the lease's folder. */
export const leaseVariable = 'TOPPLE_LEASE';

interface Marked {
  readonly pid: number;
  /** A worker of PostgreSQL: its postmaster ends it, a signal in the wrong moment makes it panic. */
  readonly isWorker: boolean;
}

const readProc = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return ''; // gone, or of another user
  }
};

/**
 * The environment is the mark. PostgreSQL needs a second one: its workers write their title over their environment,
 * and root in a container may not read the environment of another user's processes. A command line is always legible.
 */
const markOf = (pid: number, leaseDir: string): Marked | undefined => {
  if (`\0${readProc(pid, 'environ')}`.includes(`\0${leaseVariable}=${leaseDir}\0`)) return { pid, isWorker: false };
  const [program = '', ...args] = readProc(pid, 'cmdline').split('\0');
  if (program.startsWith(`postgres: ${path.basename(leaseDir)}: `)) return { pid, isWorker: true };
  const isPostgres = ['postgres', 'initdb'].includes(path.basename(program));
  return isPostgres && args.some((arg) => arg.startsWith(`${leaseDir}/`)) ? { pid, isWorker: false } : undefined;
};

const processIds = (): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);

const findMarked = (leaseDir: string): Marked[] => processIds().flatMap((pid) => markOf(pid, leaseDir) ?? []);

/** How many processes run under the lease `leaseDir`. */
export const countMarked = (leaseDir: string): number => findMarked(leaseDir).length;

/**
 * The folders that processes of this user carry as their mark; a process of another user is known by its lease's other
 * processes. A folder that was deleted is still named here.
 */
export const namedLeases = (): ReadonlySet<string> => {
  const uid = process.getuid?.();
  const named = processIds().flatMap((pid) => {
    const [, dir] = new RegExp(`\0${leaseVariable}=([^\0]+)\0`).exec(`\0${readProc(pid, 'environ')}`) ?? [];
    return dir !== undefined && statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === uid ? [dir] : [];
  });
  return new Set(named);
};

const signal = (pid: number, name: NodeJS.Signals): void => {
  try {
    process.kill(pid, name);
  } catch {
    // Ended since it was found; one that may not be signalled shows up in the next scan.
  }
};

/** What `stopMarked` met, as process ids. */
export interface Stopped {
  /** All that it found. */
  readonly pids: readonly number[];
  /** Those that outlived SIGKILL. */
  readonly stuck: readonly number[];
}

const pauseMs = 20;
const politeScans = 50;
const scansMax = 200;

/**
 * Ends every process of a lease: SIGINT (PostgreSQL: fast shutdown; services: clean exit), a second later SIGKILL,
 * three seconds later it gives up. It is done when two scans in a row find nothing, so that a process that was just
 * replacing its program is not missed.
 */
export const stopMarked = async (leaseDir: string): Promise<Stopped> => {
  const seen = new Set<number>();
  let stuck: number[] = [];
  for (let scan = 0, emptyScans = 0; scan < scansMax && emptyScans < 2; scan += 1) {
    const found = findMarked(leaseDir);
    for (const { pid, isWorker } of found) {
      if (scan >= politeScans) signal(pid, 'SIGKILL');
      else if (!seen.has(pid)) {
        if (!isWorker) signal(pid, 'SIGINT');
        signal(pid, 'SIGCONT'); // a stopped process cannot answer
      }
      seen.add(pid);
    }
    stuck = found.map(({ pid }) => pid);
    emptyScans = found.length === 0 ? emptyScans + 1 : 0;
    await sleep(systemClock, pauseMs);
  }
  return { pids: [...seen], stuck };
};
