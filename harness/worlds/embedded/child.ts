/** A program that runs under a lease: its output is kept, its process group can be signalled, it is found when lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import type { Lease } from './lease.ts';
import { readOutput } from './output.ts';

/** What to run. Of this process's environment the child sees PATH, HOME, LANG, TZ and NODE_COMPILE_CACHE alone. */
export interface ChildCommand {
  readonly lease: Pick<Lease, 'dir' | 'env' | 'isOver'>;
  /** What errors call it; its output goes to `<lease.dir>/logs/<name>.log`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
}

/** How a process ended: by itself with `code`, or by `signal`. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A started program. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** Resolves when it has ended and its output is read. */
  readonly exited: Promise<Exit>;
  /** Calls `listener` with each line of its output, the kept ones first; the result ends that. */
  onLine(listener: (line: string) => void): () => void;
  /**
   * What `find` makes of the first line of which it makes anything; rejects with `childEnded` when the child ends
   * before, with `childSilent` after `limitMs`.
   */
  firstLine<T>(find: (line: string) => T | undefined, limitMs: number): Promise<T>;
  /** The last 200 lines of its standard output and error. */
  tail(): string;
  /** Signals its whole process group; nothing happens when that has ended. */
  kill(signal: NodeJS.Signals): void;
  /** SIGINT, also to a halted one, after `graceMs` SIGKILL, to the whole group; resolves when the child has ended. */
  stop(graceMs: number): Promise<void>;
}

const inherited = ['PATH', 'HOME', 'LANG', 'TZ', 'NODE_COMPILE_CACHE'];
/** A grandchild may hold the pipes open for as long as it lives: its output is not waited for. */
const lastOutputMs = 200;

const baseEnv = (): Record<string, string> =>
  Object.fromEntries(inherited.flatMap((key) => (process.env[key] === undefined ? [] : [[key, process.env[key]]])));

/** What `firstLine` of a child does. */
export const findLine = <T>(
  child: Pick<Child, 'name' | 'exited' | 'onLine' | 'tail'>,
  find: (line: string) => T | undefined,
  limitMs: number,
): Promise<T> => {
  let cancel: () => void = () => undefined;
  let unlisten: () => void = () => undefined;
  const found = new Promise<T>((resolve, reject) => {
    cancel = systemClock.after(limitMs, () => reject(errors.childSilent(child.name, limitMs, child.tail())));
    void child.exited.then((exit) => reject(errors.childEnded(child.name, exit, child.tail())));
    unlisten = child.onLine((line) => {
      const value = find(line);
      if (value !== undefined) resolve(value);
    });
  });
  return found.finally(() => {
    cancel();
    unlisten();
  });
};

/**
 * Starts `command` in a session and process group of its own; throws `childNotStarted` when it cannot be run, or its
 * lease is over.
 */
export const startChild = async (command: ChildCommand): Promise<Child> => {
  const { lease, name, uid, gid } = command;
  if (lease.isOver()) throw errors.childNotStarted(name, command.command, new Error('the run is being ended'));
  const spawned = spawn(command.command, [...command.args], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...baseEnv(), ...command.env, ...lease.env },
    ...(command.cwd === undefined ? {} : { cwd: command.cwd }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const output = readOutput([spawned.stdout, spawned.stderr], path.join(lease.dir, 'logs', `${name}.log`));
  const exit = new Promise<Exit>((resolve) => {
    spawned.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const closed = once(spawned, 'close').catch(() => undefined);
  void closed.then(output.close);
  await once(spawned, 'spawn').catch((cause: unknown) => {
    throw errors.childNotStarted(name, command.command, cause);
  });
  const pid = spawned.pid as number;
  const kill = (signal: NodeJS.Signals): void => {
    try {
      process.kill(-pid, signal);
    } catch {
      // The group has ended.
    }
  };
  const exited = exit.then(async (how) => {
    let cancel: () => void = () => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = systemClock.after(lastOutputMs, resolve);
    });
    await Promise.race([closed, limit]);
    cancel();
    return how;
  });
  const stop = async (graceMs: number): Promise<void> => {
    const cancel = systemClock.after(graceMs, () => kill('SIGKILL'));
    kill('SIGINT');
    kill('SIGCONT');
    await exit;
    cancel();
    kill('SIGKILL'); // what it left in its group
    await exited;
  };
  const child = { name, pid, exited, kill, stop, onLine: output.onLine, tail: output.tail };
  return { ...child, firstLine: (find, limitMs) => findLine(child, find, limitMs) };
};
