/** Whether simulated worlds tell the truth: replays elsewhere, alarms about a sound service, races a minute. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inExploration } from '#harness/cli/exploring';
import { loadProject } from '#harness/cli/load-config';
import { chooseSubject } from '#harness/cli/subjects';
import { preciseClock } from '#harness/clock';
import { type Exploration, type RecordedWorld, runSeed } from '#harness/explore/exploration';
import { armFaults } from '#harness/run/fault-sites';
import { planRun } from '#harness/run/plan';
import { randomFrom } from '#harness/seed';
import { uniformly } from '#harness/simulate/choices';
import { openSimulation, type Simulation } from '#harness/worlds/simulated/simulation';
import { measureModes } from './bench-modes.ts';
import { measureNaively } from './bench-naive.ts';

/** The worlds of one scenario, recorded by one process to be repeated by another. */
export interface Recorded {
  readonly scenario: string;
  readonly worlds: readonly RecordedWorld[];
}

const launcher = new URL('../bin/topple.js', import.meta.url).pathname;
const replayer = new URL('replay-recorded.ts', import.meta.url).pathname;

/** Races end long before that many statements are too many for a journal. */
const racesPerWorld = 200;

const openCalm = (exploration: Exploration, seed: number): Promise<Simulation> => {
  const { ground, sentinel, subject } = exploration;
  const random = randomFrom(seed);
  const schedule = uniformly(random);
  return openSimulation({
    ground,
    sentinel,
    random,
    providers: subject.scenario.providers,
    siteOf: armFaults([], random).siteOf,
    unheardCommitsMax: 0,
    chooser: { choose: (point) => (point.kind === 'schedule' ? schedule.choose(point) : 0) },
    hasGates: false,
    isHasty: false,
    isObserved: false,
  });
};

/** Two requests under one key at once, over and over; throws when they ever became two orders. */
const measureRaces = async (forMs: number, perMinuteMin: number): Promise<void> => {
  const { subject } = await chooseSubject(process.cwd(), 'concurrent-top-ups', { settings: [] });
  const { http } = subject.target;
  const [planned] = planRun(subject.scenario, 1, []).traffic.batches.flat();
  if (planned === undefined) throw new Error('the scenario plans no order');
  await inExploration(subject, async (exploration) => {
    let [races, statements, tookMs] = [0, 0, 0];
    for (let seed = 1; tookMs < forMs; seed += 1) {
      await exploration.ground.reset('quick');
      const simulation = await openCalm(exploration, seed);
      const startedMs = preciseClock.nowMs();
      for (let nth = 1; nth <= racesPerWorld; nth += 1) {
        const request = http.createOrder({ ...planned, idempotencyKey: `race-${seed}-${nth}` });
        const both = await simulation.run(() =>
          Promise.all([simulation.request(request), simulation.request(request)]),
        );
        const ids = both.flatMap((answer) => http.orderIn(answer)?.id ?? []);
        if (ids.length === 0 || new Set(ids).size > 1)
          throw new Error(`race ${nth} of ${seed} made ${ids.length} orders`);
      }
      tookMs += preciseClock.nowMs() - startedMs;
      races += racesPerWorld;
      statements += simulation.counts.statements;
      await simulation.end();
    }
    const perMinute = Math.round((races / tookMs) * 60_000);
    const met = perMinute >= perMinuteMin ? 'met' : `missed, ${perMinute} of ${perMinuteMin}`;
    const each = `${races} races, ${(statements / races).toFixed(1)} statements each`;
    console.log(`${'races of two requests a minute'.padEnd(40)}${String(perMinute).padStart(7)}  ${met} (${each})`);
  });
};

const record = async (scenario: string, worldsCount: number): Promise<Recorded> => {
  const { subject } = await chooseSubject(process.cwd(), scenario, { settings: [] });
  return inExploration(subject, async (exploration) => {
    const worlds: RecordedWorld[] = [];
    for (let seed = 1; seed <= worldsCount; seed += 1) {
      const { shape, outcome } = await runSeed(exploration, seed);
      const { choices, digest, fingerprint } = outcome;
      worlds.push({ seed, shape, choices, digest, fingerprint });
    }
    return { scenario, worlds };
  });
};

const replayElsewhere = (file: string): Promise<readonly string[]> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [launcher, 'exec', replayer, file], { maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error) reject(new Error(`the replaying process ended with ${error.code}:\n${stderr}`));
      else resolve(JSON.parse(stdout) as readonly string[]);
    });
  });

/** Records worlds here and has another process repeat their choices on new tables; prints how many digests differ. */
const measureReplays = async (scenarios: readonly string[], worldsCount: number): Promise<void> => {
  const each = Math.ceil(worldsCount / scenarios.length);
  const recorded: Recorded[] = [];
  for (const scenario of scenarios) recorded.push(await record(scenario, each));
  const folder = mkdtempSync(join(tmpdir(), 'topple-bench-'));
  try {
    const file = join(folder, 'recorded.json');
    writeFileSync(file, JSON.stringify(recorded));
    const mismatches = await replayElsewhere(file);
    const met = mismatches.length === 0 ? 'met' : `missed: ${mismatches.slice(0, 3).join('; ')}`;
    const label = `replays in another process that differ`;
    console.log(`${label.padEnd(40)}${String(mismatches.length).padStart(7)}  ${met} (of ${each * scenarios.length})`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Worlds of the sound service, over several scenarios; prints in how many a promise was found broken. */
const measureAlarms = async (scenarios: readonly string[], worldsCount: number): Promise<void> => {
  const each = Math.ceil(worldsCount / scenarios.length);
  const alarms: string[] = [];
  for (const scenario of scenarios) {
    const { subject } = await chooseSubject(process.cwd(), scenario, { settings: [] });
    await inExploration(subject, async (exploration) => {
      for (let seed = 1_001; seed <= 1_000 + each; seed += 1) {
        const { fingerprint } = (await runSeed(exploration, seed)).outcome;
        if (fingerprint.length > 0) alarms.push(`${scenario} ${seed}: ${fingerprint.join(', ')}`);
      }
    });
  }
  const met = alarms.length === 0 ? 'met' : `missed: ${alarms.slice(0, 3).join('; ')}`;
  const of = `of ${each * scenarios.length} worlds in ${scenarios.length} scenarios`;
  console.log(`${'alarms about the sound service'.padEnd(40)}${String(alarms.length).padStart(7)}  ${met} (${of})`);
};

/** What is measured; a hundred thousand runs of each defect without a scheduler would take two days. */
const forms = {
  short: {
    naiveRaces: 100_000,
    naiveForMs: 10_000,
    racesForMs: 10_000,
    replays: 40,
    alarms: 110,
    unscheduledRuns: 20,
    worldsMax: 40,
  },
  long: {
    naiveRaces: 100_000,
    naiveForMs: Number.POSITIVE_INFINITY,
    racesForMs: 60_000,
    replays: 1_000,
    alarms: 10_000,
    unscheduledRuns: 1_000,
    worldsMax: 400,
  },
} as const;
const racesPerMinuteMin = 20_000;

type Form = (typeof forms)[keyof typeof forms];
type Project = Awaited<ReturnType<typeof loadProject>>;

const idsOf = ({ scenarios }: Project): readonly string[] => scenarios.map(({ id }) => id);

const parts = {
  races: ({ racesForMs }: Form) => measureRaces(racesForMs, racesPerMinuteMin),
  replays: ({ replays }: Form, project: Project) => measureReplays(idsOf(project), replays),
  alarms: ({ alarms }: Form, project: Project) => measureAlarms(idsOf(project), alarms),
  modes: (form: Form, { target }: Project) =>
    measureModes(
      target.variants.filter(({ kind }) => kind === 'defect'),
      form,
    ),
  naive: async ({ naiveRaces, naiveForMs }: Form, { scenarios, target }: Project) => {
    const provider = scenarios.flatMap(({ providers }) => providers).find(({ serves }) => serves === 'payment');
    if (provider !== undefined) await measureNaively({ target, provider }, { racesMax: naiveRaces, forMs: naiveForMs });
  },
} as const;

/** A part of it that can be measured alone. */
export type TruthPart = keyof typeof parts;

/** The names of all parts, in the order in which they are measured. */
export const truthParts = Object.keys(parts) as readonly TruthPart[];

/** Prints the tables of these parts in this form, and says which it is. */
export const measureTruth = async (form: keyof typeof forms, asked: readonly TruthPart[]): Promise<void> => {
  console.log(`\ntruth of simulated worlds, ${form} form`);
  const project = await loadProject(dirname(dirname(launcher)));
  for (const part of asked) await parts[part](forms[form], project);
};
