/** Workers end with the process that called them, however it ends. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { sleep, systemClock } from '../clock.ts';

const entry = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Processes whose working folder is `cwd`: the caller and its workers, for all else has one of its own. */
const processesIn = (cwd: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/cwd`) === cwd;
    } catch {
      return false; // it has just ended
    }
  });

test.each(['SIGKILL', 'SIGTERM'] as const)(
  '%s to the caller ends its workers as well',
  async (signal) => {
    const cwd = mkdtempSync(join(tmpdir(), 'workers-'));
    onTestFinished(() => rmSync(cwd, { recursive: true, force: true }));
    const args = [entry, 'explore', 'duplicate-webhooks', '--budget', '10m', '--workers', '2'];
    const caller = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
    const [progress] = await once(caller.stderr, 'data');
    expect(String(progress)).toContain('2 workers');
    expect(processesIn(cwd).length).toBeGreaterThanOrEqual(3);
    caller.kill(signal);
    await once(caller, 'exit');
    while (processesIn(cwd).length > 0) await sleep(systemClock, 50);
  },
  60_000,
);
