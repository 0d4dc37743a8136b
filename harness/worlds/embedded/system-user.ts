/** The user of this machine as whom PostgreSQL runs: it refuses to run as root. */
import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { errors } from '../../errors.ts';

/** An entry of the password file. */
export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const candidates = ['postgres', 'nobody'];

/**
 * As whom a process of `uid` runs PostgreSQL: undefined, itself, unless it is root; then the first of `postgres` and
 * `nobody` that `passwd`, the text of /etc/passwd, lists. Throws `noUserForPostgres` when it lists neither.
 */
export const unprivilegedUser = (uid: number, passwd: string): SystemUser | undefined => {
  if (uid !== 0) return undefined;
  const users = passwd.split('\n').flatMap((line): SystemUser[] => {
    const [name = '', , id, group] = line.split(':');
    return candidates.includes(name) && Number(id) > 0 ? [{ name, uid: Number(id), gid: Number(group) }] : [];
  });
  const [user] = candidates.flatMap((name) => users.find((other) => other.name === name) ?? []);
  if (user === undefined) throw errors.noUserForPostgres();
  return user;
};

/** Permission bits, as in a file's mode. */
export const read = 4;
/** On a file: execute. On a folder: enter. */
export const enter = 1;

const grants = (stats: Stats, user: SystemUser, bits: number): boolean => {
  const shift = stats.uid === user.uid ? 6 : stats.gid === user.gid ? 3 : 0;
  return ((stats.mode >> shift) & bits) === bits;
};

/** Whether `user` may enter every folder above `file`, an absolute path without links, and has `bits` on it. */
export const mayUse = (user: SystemUser, file: string, bits: number): boolean => {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined || !grants(stats, user, bits)) return false;
  const parent = path.dirname(file);
  return parent === file || mayUse(user, parent, enter);
};
