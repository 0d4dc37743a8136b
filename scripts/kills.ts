/** Runs that are killed at random moments, and what each of them left; looked for by other means than topple's own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { preciseClock, sleep } from '#harness/clock';
import { journalFiles } from '#harness/report/journal-files';
import { randomFrom } from '#harness/seed';
import { runs, segmentsMadeBy } from '#harness/worlds/embedded/fixtures/machine';

/** How far a run had come when it was killed, in the order of its life. */
export const stages = ['starting', 'database', 'service', 'judged', 'ended by itself'] as const;

/** One killed run and the one that was started after it. */
export interface KilledRun {
  readonly seed: number;
  readonly atMs: number;
  /** Whether the watchdog died with the run, so that only the next start could clean up. */
  readonly isAlone: boolean;
  readonly stage: (typeof stages)[number];
  /** Processes below it at that moment. */
  readonly processCount: number;
  /** What contradicts the promise, one line each; empty when it was kept. */
  readonly faults: readonly string[];
}

const launcher = new URL('../bin/topple.js', import.meta.url).pathname;

/** A folder for everything that the runs leave: their temporary folder and their journals. */
interface Place {
  readonly tmp: string;
  readonly cwd: string;
}

const start = ({ tmp, cwd }: Place, seed: number): ChildProcess =>
  spawn(process.execPath, [launcher, 'run', 'duplicate-webhooks', '--seed', String(seed)], {
    cwd,
    env: { ...process.env, TMPDIR: tmp, GITHUB_ACTIONS: '', GITHUB_STEP_SUMMARY: '' },
    stdio: 'ignore',
  });

type Ending = readonly [code: number | null, signal: NodeJS.Signals | null];
const endOf = async (child: ChildProcess): Promise<Ending> =>
  child.exitCode === null && child.signalCode === null
    ? ((await once(child, 'exit')) as [number | null, NodeJS.Signals | null])
    : [child.exitCode, child.signalCode];

const namesIn = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder) : []);
const leasesIn = (tmp: string): readonly string[] => namesIn(tmp).filter((name) => name.startsWith('topple-'));

const legible = (pid: string, file: string): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return ''; // it ended
  }
};

/** Processes whose environment or command line names a lease in `tmp`; PostgreSQL's workers have only its last part. */
const processesUnder = (tmp: string): readonly number[] => {
  const marks = ['TOPPLE_LEASE=', ''].map((before) => `${before}${join(tmp, 'topple-')}`);
  const titles = leasesIn(tmp).map((name) => `postgres: ${name}: `);
  const isUnder = (pid: string): boolean => {
    const [environment, command] = [legible(pid, 'environ'), legible(pid, 'cmdline')];
    return (
      environment.includes(marks[0] ?? '') || [...marks.slice(1), ...titles].some((mark) => command.includes(mark))
    );
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && isUnder(name))
    .map(Number);
};

/** All processes below `root`, whatever they carry as a mark: children, their children, and so on. */
const familyOf = (root: number): readonly number[] => {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc').filter((one) => /^\d+$/.test(one))) {
    const stat = legible(name, 'stat');
    const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const family: number[] = [];
  for (const open = [root]; open.length > 0; ) {
    const below = children.get(open.pop() ?? 0) ?? [];
    family.push(...below);
    open.push(...below);
  }
  return family;
};

const stageOf = ({ tmp, cwd }: Place, journalsBefore: number): KilledRun['stage'] => {
  if (namesIn(join(cwd, '.topple/runs')).length > journalsBefore) return 'judged';
  const reached = (file: string) => leasesIn(tmp).some((lease) => existsSync(join(tmp, lease, file)));
  if (reached('logs/run_1-api.log')) return 'service';
  return reached('postgres') ? 'database' : 'starting';
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it had ended
  }
};

const watchdogsOf = (tmp: string): readonly number[] =>
  processesUnder(tmp).filter((pid) => legible(String(pid), 'cmdline').startsWith('/bin/sh\0'));

/** Whatever in `.topple` a reader could take for a run although it was killed before it was judged. */
const halfRuns = (cwd: string): readonly string[] =>
  namesIn(join(cwd, '.topple/runs')).filter((id) => {
    const there = namesIn(join(cwd, '.topple/runs', id));
    return Object.keys(journalFiles).some((name) => !there.includes(name));
  });

/** What is left once a run after the killed one has ended, one line each. */
const leftBehind = ({ tmp, cwd }: Place, pids: readonly number[]): readonly string[] => [
  ...namesIn(tmp).map((name) => `${name} in the temporary folder`),
  ...processesUnder(tmp).map((pid) => `process ${pid}: ${legible(String(pid), 'cmdline').replaceAll('\0', ' ')}`),
  ...pids.filter(runs).map((pid) => `process ${pid}, a child of the killed one`),
  ...pids.filter((pid) => segmentsMadeBy(pid) > 0).map((pid) => `shared memory that process ${pid} made`),
  ...namesIn(join(cwd, '.topple/unfinished')).map((name) => `the unfinished journal ${name}`),
];

/** How long a run takes that nobody kills, in milliseconds; rejects when it does not hold. */
const lifeMs = async (place: Place): Promise<number> => {
  const startedMs = preciseClock.nowMs();
  const [code, signal] = await endOf(start(place, 1));
  if (code !== 0) throw new Error(`a run that nobody killed ended with ${signal ?? code}`);
  return preciseClock.nowMs() - startedMs;
};

const killOne = async (place: Place, chosen: Pick<KilledRun, 'seed' | 'atMs' | 'isAlone'>): Promise<KilledRun> => {
  const journalsBefore = namesIn(join(place.cwd, '.topple/runs')).length;
  const run = start(place, chosen.seed);
  await sleep(preciseClock, chosen.atMs);
  const pids = run.pid === undefined ? [] : familyOf(run.pid);
  const hasEnded = run.exitCode !== null || run.signalCode !== null;
  const stage = hasEnded ? 'ended by itself' : stageOf(place, journalsBefore);
  const watchdogs = watchdogsOf(place.tmp);
  if (chosen.isAlone) for (const pid of watchdogs) kill(pid);
  run.kill('SIGKILL');
  const [code] = await endOf(run);
  const journals = namesIn(join(place.cwd, '.topple/runs')).length - journalsBefore;
  const [nextCode, nextSignal] = await endOf(start(place, chosen.seed));
  const isWatched = stage === 'database' || stage === 'service';
  const faults = [
    ...(chosen.isAlone && isWatched && watchdogs.length !== 1 ? [`it had ${watchdogs.length} watchdogs`] : []),
    ...(code !== null && !hasEnded ? [`it was killed and ended with exit code ${code}`] : []),
    ...(journals > 0 && !['judged', 'ended by itself'].includes(stage) ? ['it was not judged and left a journal'] : []),
    ...halfRuns(place.cwd).map((id) => `the journal ${id} is not whole`),
    ...(nextCode === 0 ? [] : [`the run after it ended with ${nextSignal ?? nextCode}`]),
    ...leftBehind(place, pids).map((what) => `after the next start there still was ${what}`),
  ];
  return { ...chosen, stage, processCount: pids.length, faults };
};

/**
 * Kills `kills` runs of `duplicate-webhooks` at moments spread evenly over the life of a run, drawn from `seed`; every
 * second one together with its watchdog. After each, a run that nobody kills has to hold. Everything happens in
 * `folder`, which must exist. Yields each killed run as soon as the one after it has ended.
 */
export async function* killRuns(folder: string, kills: number, seed: number): AsyncGenerator<KilledRun> {
  const place = { tmp: join(folder, 'tmp'), cwd: join(folder, 'project') };
  for (const path of Object.values(place)) mkdirSync(path, { mode: 0o755 });
  const random = randomFrom(seed).fork('kills');
  const wholeMs = await lifeMs(place);
  for (let nth = 1; nth <= kills; nth += 1) {
    yield await killOne(place, { seed: nth, atMs: Math.round(random.unit() * wholeMs), isAlone: nth % 2 === 0 });
  }
}
