/**
 * Names that tell who made a folder, so that whoever finds it later knows whether its maker still lives.
 * The owner is part of the name because a folder and its name appear in one step: a maker that is killed in between
 * two steps can leave nothing that has no owner.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';

/** Process ids mean something only within their namespace; a folder may be shared by several (containers). */
const pidNamespace = (): string => {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
  } catch {
    return '0'; // not Linux
  }
};

/** When a process started, in clock ticks since boot (proc_pid_stat(5), field 22); undefined when it is dead. */
const startTicksOf = (pid: number): string | undefined => {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command name, in parentheses, may hold spaces and parentheses itself.
  const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie has ended; only its parent has not asked yet, and in a container perhaps never will.
  return state === 'Z' || state === 'X' ? undefined : rest[18];
};

/**
 * `<prefix>-<pid>-<start>-<namespace>`: a name owned by this process. Where there is no `/proc` nobody can tell when a
 * process started: the name says `unknown`, and never counts as an orphan's.
 */
export const ownedName = (prefix: string): string =>
  `${prefix}-${process.pid}-${startTicksOf(process.pid) ?? 'unknown'}-${pidNamespace()}`;

/** Makes `<parent>/<ownedName>-<random>`, mode 0700. */
export const makeOwnedFolder = (parent: string, prefix: string): Promise<string> =>
  mkdtemp(`${path.join(parent, ownedName(prefix))}-`);

/** Whether `name` was made with this `prefix` by a process of this namespace that is dead now. */
export const isOrphan = (name: string, prefix: string): boolean => {
  if (!name.startsWith(`${prefix}-`)) return false;
  const mark = /^(\d+)-(\d+)-(\d+)(?:-\w{6})?$/.exec(name.slice(prefix.length + 1));
  const [, pid, startTicks, namespace] = mark ?? [];
  return pid !== undefined && namespace === pidNamespace() && startTicksOf(Number(pid)) !== startTicks;
};
