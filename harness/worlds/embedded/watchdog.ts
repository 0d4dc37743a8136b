/** The process that outlives a harness which cannot clean up any more. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The owner's end of a watchdog. */
export interface Watchdog {
  readonly pid: number;
  /** Tells the watchdog that nothing is left to do; resolves when it has ended. */
  dismiss(): Promise<void>;
}

/**
 * Waits in a shell, which is there in a millisecond and takes a megabyte; Node starts only when there is work. The
 * pipe ends when its only writer, the owner, ends in whatever way.
 */
const script = `trap '' INT TERM HUP; read -r word; [ "$word" = released ] || exec "$0" "$@"`;

/** What is needed to find a container engine again, and nothing else. */
const engineEnv = (): NodeJS.ProcessEnv => {
  const names = Object.keys(process.env).filter((name) => /^(PATH|HOME|DOCKER_.*|TESTCONTAINERS_.*)$/.test(name));
  return Object.fromEntries(names.map((name) => [name, process.env[name]]));
};

/**
 * Starts the watchdog of the lease `leaseDir`, in a session of its own, so that no signal to the owner's terminal or
 * process group reaches it. It does not keep the owner running.
 */
export const startWatchdog = async (leaseDir: string): Promise<Watchdog> => {
  const self = fileURLToPath(import.meta.url);
  const endLease = path.join(path.dirname(self), `end-lease${path.extname(self)}`);
  const shell = spawn('/bin/sh', ['-c', script, process.execPath, endLease, leaseDir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    env: engineEnv(),
  });
  await once(shell, 'spawn');
  const exited = once(shell, 'exit');
  const { pid, stdin } = shell;
  if (pid === undefined || stdin === null) throw new Error('a spawned process has a pid and the pipe it was given');
  stdin.on('error', () => undefined); // it was killed; its work is the next start's then
  shell.unref();
  if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
  return {
    pid,
    dismiss: async () => {
      shell.ref();
      stdin.end('released\n');
      await exited;
    },
  };
};
