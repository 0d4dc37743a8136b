/**
 * Measures the goals that a user feels, as whole processes, what toxics and links do, what the mocks cost, and what
 * simulated worlds come to: `npm run bench`. Prints each figure with its goal and whether it was met; a goal missed is
 * reported, and is no failure. Runs that do not end as they should are. `npm run bench -- long` measures the truth of
 * simulated worlds over as many as the goals ask for, which takes half a day; `-- processes`, `-- links`, `-- mocks`,
 * `-- worlds` or `-- truth` measures only that part, `-- races`, `-- replays`, `-- alarms`, `-- modes` or `-- naive` a
 * part of truth.
 */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpus, loadavg } from 'node:os';
import { preciseClock } from '#harness/clock';
import { measureLinks } from './bench-links.ts';
import { measureTruth, truthParts } from './bench-truth.ts';
import { measureWorlds } from './bench-worlds.ts';

interface Goal {
  readonly name: string;
  readonly args: readonly string[];
  readonly runs: number;
  readonly secondsMax: number;
}

const launcher = new URL('../bin/topple.js', import.meta.url).pathname;

/** In this order: the first warms the caches for the others. */
const goals: readonly Goal[] = [
  { name: 'topple run duplicate-webhooks', args: ['run', 'duplicate-webhooks'], runs: 5, secondsMax: 2 },
  { name: 'npm start', args: ['demo'], runs: 3, secondsMax: 20 },
];

/** Seconds that one run took from its launcher to its end; rejects when it did not pass. */
const secondsOf = (args: readonly string[]): Promise<number> => {
  const startedMs = preciseClock.nowMs();
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [launcher, ...args], (error, _stdout, stderr) => {
      if (error) reject(new Error(`topple ${args.join(' ')} ended with ${error.code}:\n${stderr}`));
      else resolve((preciseClock.nowMs() - startedMs) / 1_000);
    });
  });
};

/** What measures itself, since scripts know nothing of what it is made of; rejects when it fails. */
const inOwnProcess = async (file: string): Promise<void> => {
  const [exitCode] = await once(spawn(process.execPath, [launcher, 'exec', file], { stdio: 'inherit' }), 'exit');
  if (exitCode !== 0) throw new Error(`${file} ended with ${exitCode}`);
};

const inSeconds = (seconds: number): string => `${seconds.toFixed(2)} s`.padStart(9);

const measureProcesses = async (): Promise<void> => {
  console.log(`${'whole process'.padEnd(32)}    median       min       max      goal`);
  for (const { name, args, runs, secondsMax } of goals) {
    await secondsOf(args); // warms the caches; not counted
    const measured: number[] = [];
    for (let run = 0; run < runs; run += 1) measured.push(await secondsOf(args));
    measured.sort((a, b) => a - b);
    const [least = 0, median = 0, most = 0] = [measured[0], measured[Math.floor(runs / 2)], measured.at(-1)];
    const met = median <= secondsMax ? 'met' : `missed by ${(median - secondsMax).toFixed(2)} s`;
    console.log(`${name.padEnd(32)} ${[median, least, most, secondsMax].map(inSeconds).join(' ')}  ${met}`);
  }
};

const asked = process.argv.slice(2);
const isLong = asked.includes('long');
const parts = {
  processes: measureProcesses,
  links: measureLinks,
  mocks: () => inOwnProcess('mocks/bench/main.ts'),
  worlds: measureWorlds,
  truth: () => measureTruth(isLong ? 'long' : 'short', truthParts),
} as const;
const ofTruth = truthParts.filter((part) => asked.includes(part));
const known = ['long', ...Object.keys(parts), ...truthParts];
const unknown = asked.filter((word) => !known.includes(word));
if (unknown.length > 0) throw new RangeError(`${unknown.join(', ')}: use ${known.join(', ')}`);
console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(2)}, Node ${process.version}`);
const chosen = Object.entries(parts).filter(([part]) => asked.includes(part));
const isAll = chosen.length === 0 && ofTruth.length === 0;
for (const [, measure] of isAll ? Object.entries(parts) : chosen) await measure();
if (ofTruth.length > 0) await measureTruth(isLong ? 'long' : 'short', ofTruth);
