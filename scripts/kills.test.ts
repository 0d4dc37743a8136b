import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type KilledRun, killRuns } from './kills.ts';

test('runs killed at random moments pass never, and leave nothing after the next start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kills-'));
  chmodSync(folder, 0o755); // PostgreSQL is another user below
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const killed: KilledRun[] = [];
  for await (const run of killRuns(folder, 4, 1)) killed.push(run);
  expect(killed.flatMap(({ faults }) => faults)).toEqual([]);
  // Kills before anything runs prove nothing.
  expect(killed.some(({ processCount, stage }) => processCount > 1 && stage !== 'ended by itself')).toBe(true);
}, 300_000);
