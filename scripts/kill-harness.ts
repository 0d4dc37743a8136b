/**
 * Kills the harness at random moments and looks at what it left: `npm run kills -- [--kills 100] [--seed 1]`. Ends
 * with 1 when a killed run passed, or something was still there after the next start.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type KilledRun, killRuns, stages } from './kills.ts';

const { values } = parseArgs({
  options: { kills: { type: 'string', default: '100' }, seed: { type: 'string', default: '1' } },
});
const [kills, seed] = [values.kills, values.seed].map(Number);
if (!Number.isSafeInteger(kills) || !Number.isSafeInteger(seed))
  throw new Error('--kills and --seed are whole numbers');

const folder = mkdtempSync(join(tmpdir(), 'kills-'));
chmodSync(folder, 0o755); // PostgreSQL is another user below
const killed: KilledRun[] = [];
try {
  for await (const run of killRuns(folder, kills ?? 0, seed ?? 0)) {
    killed.push(run);
    const whom = run.isAlone ? 'harness and watchdog' : 'harness';
    console.log(`kill ${run.seed} at ${run.atMs} ms, ${run.stage}, ${run.processCount} processes, ${whom}`);
    for (const fault of run.faults) console.log(`  ${fault}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

console.log('');
for (const stage of stages) {
  const there = killed.filter((run) => run.stage === stage);
  console.log(`${String(there.length).padStart(4)} ${stage}`);
}
const broken = killed.filter(({ faults }) => faults.length > 0).length;
console.log(`${killed.length} kills, ${broken} of them with something passed or left`);
process.exit(broken === 0 && killed.length > 0 ? 0 : 1);
