/** Runs the traffic of a plan through one simulated world, lets it come to rest, and audits its books. */
import type { Books } from '../books.ts';
import { sleep } from '../clock.ts';
import type { PlannedFault } from '../fault.ts';
import { History } from '../history.ts';
import type { Invariant } from '../invariant.ts';
import type { Testimony } from '../run/agreement.ts';
import { type Audit, auditOf } from '../run/audit.ts';
import { booksOf, recordDeliveries, shownBalances, unwitnessed } from '../run/collect.ts';
import type { Buyers } from '../run/drive.ts';
import { executeTraffic } from '../run/execute.ts';
import { armFaults, type PlannedStrike } from '../run/fault-sites.ts';
import type { RunPlan } from '../run/plan.ts';
import { restingConnections } from '../run/resting.ts';
import { restlessIn } from '../run/settle.ts';
import { actorOf, type ChoicePoint, type Choices, type Chooser, recording } from '../simulate/choices.ts';
import { guidedBy } from '../simulate/milestones.ts';
import type { Sentinel } from '../simulate/sentinel.ts';
import type { StatementCounts } from '../simulate/statements.ts';
import type { Ground } from '../worlds/simulated/ground.ts';
import { openSimulation, type Simulation } from '../worlds/simulated/simulation.ts';
import { type BookWatch, watchBooks } from './book-watch.ts';
import { type Course, CourseWatch } from './interruptions.ts';
import { liesIn, type Observation, watchWorldSignals } from './observation.ts';
import type { Moves } from './timeline.ts';

/** Where and how a world runs. */
export interface WorldSetting {
  readonly ground: Ground;
  readonly sentinel: Sentinel;
  readonly invariants: readonly Invariant[];
  readonly plan: RunPlan;
  readonly chooser: Chooser;
  readonly hasGates: boolean;
  readonly isHasty: boolean;
  readonly isUnscheduled?: boolean;
  /** How the ground is emptied before. */
  readonly reset: 'quick' | 'deep';
  /** Watch it as its operators would: slow. */
  readonly observation?: Observation;
  /** Look at the books after each step, to know since when a promise is broken: slow. */
  readonly isWatched?: boolean;
}

/** What became of it. */
export interface WorldOutcome {
  /**
   * Ids of violated invariants in order, what dashboards said of them that is not so, and `not-at-rest` when the system
   * did not come to rest; empty: all held.
   */
  readonly fingerprint: readonly string[];
  readonly audits: readonly Audit[];
  /** What alerts and panels said; empty where nobody watched. */
  readonly testimonies: readonly Testimony[];
  readonly restless: readonly string[];
  readonly books: Books;
  readonly history: History;
  readonly choices: Choices;
  readonly digest: string;
  readonly lines: readonly string[];
  readonly counts: StatementCounts;
  /** Calls, webhooks and statements that came to harm. */
  readonly harms: number;
  /** Of a watched world: the step since which each promise has been broken. */
  readonly brokenSince: BookWatch['brokenSince'];
  readonly course: Course;
  /** Of a watched world: the money that steps moved, by index into `lines`. */
  readonly moves: Moves;
}

/** Buyers of a simulated world are as patient, and ask less often: every question costs statements. */
const patience = { retryAfterMs: 15_000, payableWithinMs: 180_000, lookEveryMs: 1_000 } as const;

/** Faults go on for so long after the last buyer, for what happens later: grants, retries, comparisons. */
const underFaultsMs = 15 * 60_000;

/** After this much of healed time, looked at that often, money that is still under way counts as stuck. */
const lookEveryMs = 20 * 60_000;
const looksMax = 12;

/** Heals the world and lets time pass until it is at rest, or for four hours. */
const comeToRest = async (simulation: Simulation, { ground }: WorldSetting): Promise<readonly string[]> => {
  simulation.heal();
  const world = { providers: simulation.providers, readLedger: ground.ledger.read };
  for (let looks = 1; ; looks += 1) {
    await simulation.run(() => sleep(simulation.clock, lookEveryMs));
    const restless = await restlessIn(world);
    if (restless.length === 0 || looks === looksMax) return restless;
  }
};

const fingerprintOf = (
  audits: readonly Audit[],
  testimonies: readonly Testimony[],
  restless: readonly string[],
): readonly string[] => [
  ...audits
    .filter(({ finding }) => finding === 'violated')
    .map(({ invariant }) => invariant.id)
    .sort(),
  ...liesIn(testimonies),
  ...(restless.length > 0 ? ['not-at-rest'] : []),
];

/** Carries out what has a meaning here: a process that is paused is merely slow, and the server has other worlds. */
const killsIn = (simulation: Pick<Simulation, 'kill'>): ((strike: PlannedStrike) => void) => {
  const done = new Map<PlannedFault, number>();
  return ({ planned, how, process, afterMs, times }) => {
    const before = done.get(planned) ?? 0;
    if (how !== 'kill' || before >= times) return;
    done.set(planned, before + 1);
    simulation.kill(process, afterMs);
  };
};

/** Virtual time passes as in production. */
const inRealTime = ({ providers }: Simulation) => ({ providers, timeScale: 1 });

/** Reads the books of a world that is at rest. */
const audited = async (
  setting: WorldSetting,
  simulation: Simulation,
  history: History,
  buyers: Buyers,
  isAtRest: boolean,
): Promise<Pick<WorldOutcome, 'audits' | 'books'>> => {
  const { ground, invariants } = setting;
  recordDeliveries(simulation, buyers, history);
  const shown = await simulation.run(() => shownBalances(simulation, ground.target.http, buyers.wallets));
  const witnessed = { ...unwitnessed, intents: buyers.intents, shown, operations: history.operations };
  const looking = {
    query: ground.asSuperuser,
    pause: () => simulation.run(() => sleep(simulation.clock, lookEveryMs)),
    looksMax: 2,
  };
  const atRest = isAtRest ? { connections: await restingConnections(ground.target, looking) } : {};
  const books = booksOf(inRealTime(simulation), await ground.ledger.read(), { ...witnessed, ...atRest });
  return { books, audits: invariants.map((invariant) => auditOf(invariant, books)) };
};

/** Makes choices by `chooser` and writes them down until the world is judged; then nothing disturbs any more. */
const untilJudged = (chooser: Chooser) => {
  const [recorded, calm] = [recording(chooser), guidedBy([])];
  const state: { isJudged: boolean; possible: readonly string[] } = { isJudged: false, possible: [] };
  const choose = (point: ChoicePoint): number => {
    if (point.kind === 'schedule') state.possible = point.options;
    return (state.isJudged ? calm : recorded).choose(point);
  };
  return { recorded, state, choose };
};

/** Runs one world. Throws `realWorldLeak`, `worldStuck` and what else makes it worthless. */
export const runWorld = async (setting: WorldSetting): Promise<WorldOutcome> => {
  const { ground, plan, observation } = setting;
  await ground.reset(setting.reset);
  const chooser = untilJudged(setting.chooser);
  const sites = armFaults(plan.scenario.faults, plan.random.fork('faults'));
  const bookWatch = watchBooks(setting.invariants);
  const course = new CourseWatch();
  const lookAround = async (step: string): Promise<void> => {
    const { lines } = simulation.journal;
    const choices = chooser.recorded.taken.length;
    course.took(step, chooser.state.possible, choices, lines);
    const isQuiet = step.startsWith('clock ') || step === 'timer fires';
    if (setting.isWatched !== true || chooser.state.isJudged || isQuiet) return;
    // Nobody else sees what is not committed.
    const session = ground.sessions.find(({ name }) => name === actorOf(step));
    if (session?.status() === 'T') return;
    const books = booksOf(inRealTime(simulation), await ground.ledger.read(), unwitnessed);
    bookWatch.look(books, { line: lines.lastIndexOf(step), steps: course.steps.length, choices });
  };
  const simulation: Simulation = await openSimulation({
    ...setting,
    afterStep: lookAround,
    chooser,
    providers: plan.scenario.providers,
    random: plan.random,
    siteOf: sites.siteOf,
    unheardCommitsMax: sites.commitHoles.reduce((sum, { times }) => sum + times, 0),
    isObserved: observation !== undefined,
  });
  sites.strikeWith(killsIn(simulation));
  try {
    const watch = observation && (await watchWorldSignals(simulation, ground.target, observation));
    const history = new History();
    const traffic = { world: simulation, adapter: ground.target.http, clock: simulation.clock, history, patience };
    const buyers = await simulation.run(() => executeTraffic(plan.traffic, traffic));
    await simulation.run(() => sleep(simulation.clock, underFaultsMs));
    sites.disarm();
    const restless = await comeToRest(simulation, setting);
    const { audits, books } = await audited(setting, simulation, history, buyers, restless.length === 0);
    chooser.state.isJudged = true;
    const { journal, counts } = simulation;
    const seen = { digest: journal.digest(), lines: [...journal.lines], counts: { ...counts } };
    const testimonies = watch === undefined ? [] : await watch.testify(audits);
    const { taken: choices, harms } = chooser.recorded;
    const fingerprint = fingerprintOf(audits, testimonies, restless);
    const { moves, brokenSince } = bookWatch;
    const said = { fingerprint, audits, testimonies, restless };
    return { ...seen, ...said, books, history, choices, harms: harms(), moves, brokenSince, course };
  } finally {
    await simulation.end();
  }
};
