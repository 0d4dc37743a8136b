/** Toxiproxy itself, as a child process. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { nextTurn } from '../../clock.ts';

/** A running `toxiproxy-server`. */
export interface RealServer {
  /** Base URL of the API, without a slash at the end. */
  readonly url: string;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<unknown>;
  /** Kills the process; resolves when it is gone. */
  stop(): Promise<unknown>;
}

/** The sockets that a process holds, by inode. */
const socketsOf = (pid: number): string[] =>
  readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? [];
    } catch {
      return []; // closed since it was listed
    }
  });

/**
 * The port on which a process listens over IPv4; undefined as long as it does not. Toxiproxy does not tell which port
 * it took, and one that is chosen for it could be taken by others in between.
 */
const listeningPort = (pid: number): number | undefined => {
  const sockets = new Set(socketsOf(pid));
  const listening = '0A';
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n')) {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    if (state === listening && sockets.has(inode)) return Number.parseInt(local.split(':')[1] ?? '', 16);
  }
  return undefined;
};

const portOf = async (child: ChildProcess): Promise<number> => {
  for (;;) {
    if (child.pid === undefined || child.exitCode !== null)
      throw new Error('toxiproxy-server ended before it listened');
    const port = listeningPort(child.pid);
    if (port !== undefined) return port;
    await new Promise<void>((resolve) => nextTurn(resolve));
  }
};

/** Starts the program at `path` on a free port of 127.0.0.1; rejects if it ends before it listens. */
export const startRealServer = async (path: string, flags: readonly string[] = []): Promise<RealServer> => {
  const child = spawn(path, ['-host', '127.0.0.1', '-port', '0', ...flags], { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const port = await portOf(child);
  return {
    url: `http://127.0.0.1:${port}`,
    ended,
    stop: () => {
      process.removeListener('exit', kill);
      kill();
      return ended;
    },
  };
};
