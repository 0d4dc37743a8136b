/**
 * Kills each role of the reference service and PostgreSQL under load: `npm run kills:system -- [--kills 50] [--seed 1]
 * [--process NAME]…`. Ends with 1 when something that a client or a provider was told is not in the books, is there
 * twice, or is stuck.
 */
import { parseArgs } from 'node:util';
import { inLab } from '#harness/cli/compose';
import { loadProject, usualProviders } from '#harness/cli/load-config';
import { databaseProcess } from '#harness/fault';
import { embedded } from '#harness/worlds/embedded';
import { type Killed, killProcess } from './system-kills.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    process: { type: 'string', multiple: true },
  },
});
const [kills = 0, seed = 0] = [values.kills, values.seed].map(Number);
if (!Number.isSafeInteger(kills) || kills < 1 || !Number.isSafeInteger(seed))
  throw new Error('--kills and --seed are whole numbers, --kills at least 1');

const columns = ['kills', 'under load', 'answered', 'acknowledged', 'lost', 'double', 'stuck', 'broken', 'back within'];
console.log(`${'process'.padEnd(16)}${columns.map((column) => column.padStart(14)).join('')}`);

const rowOf = (killed: Killed): string => {
  const { process: name, lost, double, stuck, broken, backMsMax } = killed;
  const counts = [killed.kills, killed.killsUnderLoad, killed.answered, killed.acknowledged];
  const losses = [lost, double, stuck, broken].map(({ length }) => length);
  const cells = [...counts, ...losses, `${(backMsMax / 1_000).toFixed(1)} s`];
  return `${name.padEnd(16)}${cells.map((cell) => String(cell).padStart(14)).join('')}`;
};

const project = await loadProject(process.cwd());
const providers = usualProviders(project);
let isBroken = false;
for (const name of values.process ?? [...project.target.roles, databaseProcess]) {
  const killed = await inLab(project, embedded, (lab) => killProcess(lab, providers, name, kills, seed));
  console.log(rowOf(killed));
  const lines = [killed.lost, killed.double, killed.stuck, killed.broken].flat();
  for (const line of lines.slice(0, 20)) console.log(`  ${line}`);
  isBroken ||= lines.length > 0 || killed.kills < kills || killed.killsUnderLoad < kills;
}
process.exit(isBroken ? 1 : 0);
