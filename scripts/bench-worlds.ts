/** What simulated worlds come to: how many a minute, how soon each defect is found, and how small it gets. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadProject } from '#harness/cli/load-config';
import type { SearchDocument } from '#harness/explore/search-document';
import type { Target } from '#harness/target';

const launcher = new URL('../bin/topple.js', import.meta.url).pathname;

type Variant = Target['variants'][number];

const goals = { worldsPerMinute: 5_000, foundMs: 60_000, shrunkMs: 5_000, orders: 3, switches: 10 } as const;
const replays = 30;

/** What `topple` printed in `cwd`; rejects when it ended with another exit code than `expected`. */
const topple = (cwd: string, expected: number, args: readonly string[]): Promise<string> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [launcher, ...args], { cwd, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if ((error === null ? 0 : error.code) === expected) resolve(stdout);
      else reject(new Error(`topple ${args.join(' ')} did not end with ${expected}:\n${stderr}`));
    });
  });

const explore = async (cwd: string, expected: number, ...args: readonly string[]): Promise<SearchDocument> =>
  JSON.parse(await topple(cwd, expected, ['explore', ...args, '--json'])) as SearchDocument;

const measureSpeed = async (cwd: string): Promise<void> => {
  console.log('\nsound service, 30 s             worlds a minute      goal');
  for (const workers of [1, 2]) {
    const { worldsPerMinute } = await explore(
      cwd,
      0,
      'duplicate-webhooks',
      '--budget',
      '30s',
      '--workers',
      `${workers}`,
    );
    const met =
      worldsPerMinute >= goals.worldsPerMinute ? 'met' : `missed, ${worldsPerMinute} of ${goals.worldsPerMinute}`;
    console.log(
      `${`${workers} worker${workers === 1 ? '' : 's'}`.padEnd(32)}${String(worldsPerMinute).padStart(15)}  ${met}`,
    );
  }
};

const seconds = (durationMs: number): string => `${(durationMs / 1_000).toFixed(1)} s`;

const measureDefect = async (cwd: string, { id, witness }: Variant): Promise<boolean> => {
  const { worlds, tookMs, found } = await explore(cwd, 1, witness, '--defect', id, '--budget', '60s');
  const smallest = found?.smallest;
  if (!found || !smallest) throw new Error(`${id} was found, and not shrunk`);
  const replayed = await topple(cwd, 1, ['replay', smallest.kept, '--repeat', String(replays), '--json']);
  const { reproduced } = JSON.parse(replayed) as { reproduced: number };
  const { orders, switches, tries, tookMs: shrunkMs } = smallest;
  const cells = [`${worlds} in ${seconds(tookMs)}`, `${orders}, ${switches} by ${tries} in ${seconds(shrunkMs)}`];
  const padded = cells.map((cell) => ` ${cell.padStart(20)}`).join('');
  console.log(`${id.padEnd(32)}${padded}${`${reproduced} of ${replays}`.padStart(12)}`);
  return tookMs <= goals.foundMs && orders <= goals.orders && switches <= goals.switches;
};

/** Prints the tables; throws when a search does not end as it has to, or a defect is not found. */
export const measureWorlds = async (): Promise<void> => {
  const cwd = mkdtempSync(join(tmpdir(), 'topple-bench-'));
  try {
    await measureSpeed(cwd);
    const { target } = await loadProject(dirname(dirname(launcher)));
    const defects = target.variants.filter(({ kind }) => kind === 'defect');
    console.log(`\n${'defect'.padEnd(32)}         worlds until  orders, switches by worlds     replays`);
    let met = 0;
    for (const defect of defects) if (await measureDefect(cwd, defect)) met += 1;
    console.log(`found within 60 s and shrunk to at most 3 orders and 10 switches: ${met} of ${defects.length}`);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
};
