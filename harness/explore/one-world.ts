/** Runs the traffic of a plan through one simulated world, lets it come to rest, and audits its books. */
import type { Books } from '../books.ts';
import { sleep } from '../clock.ts';
import type { PlannedFault } from '../fault.ts';
import { History } from '../history.ts';
import type { Invariant } from '../invariant.ts';
import { type Audit, auditOf } from '../run/audit.ts';
import { booksOf, recordDeliveries, shownBalances, unwitnessed } from '../run/collect.ts';
import type { Buyers } from '../run/drive.ts';
import { executeTraffic } from '../run/execute.ts';
import { armFaults, type PlannedStrike } from '../run/fault-sites.ts';
import type { RunPlan } from '../run/plan.ts';
import { restingConnections } from '../run/resting.ts';
import { restlessIn } from '../run/settle.ts';
import { type Choices, type Chooser, recording } from '../simulate/choices.ts';
import type { Sentinel } from '../simulate/sentinel.ts';
import type { StatementCounts } from '../simulate/statements.ts';
import type { Ground } from '../worlds/simulated/ground.ts';
import { openSimulation, type Simulation } from '../worlds/simulated/simulation.ts';

/** Where and how a world runs. */
export interface WorldSetting {
  readonly ground: Ground;
  readonly sentinel: Sentinel;
  readonly invariants: readonly Invariant[];
  readonly plan: RunPlan;
  readonly chooser: Chooser;
  readonly hasGates: boolean;
  readonly isHasty: boolean;
  /** How the ground is emptied before. */
  readonly reset: 'quick' | 'deep';
  /** Look at the books after each step, to know since when a promise is broken: slow. */
  readonly isWatched?: boolean;
}

/** What became of it. */
export interface WorldOutcome {
  /** Ids of violated invariants in order, and `not-at-rest` when the system did not come to rest; empty: all held. */
  readonly fingerprint: readonly string[];
  readonly audits: readonly Audit[];
  readonly restless: readonly string[];
  readonly books: Books;
  readonly history: History;
  readonly choices: Choices;
  readonly digest: string;
  readonly lines: readonly string[];
  readonly counts: StatementCounts;
  /** Calls, webhooks and statements that came to harm. */
  readonly harms: number;
  /** Of a watched world: the index into `lines` of the step since which each promise has been broken. */
  readonly brokenSince: ReadonlyMap<string, number>;
}

/** Buyers of a simulated world are as patient, and ask less often: every question costs statements. */
const patience = { retryAfterMs: 15_000, payableWithinMs: 180_000 } as const;

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

/** Virtual time passes as in production. */
const inRealTime = ({ providers }: Simulation) => ({ providers, timeScale: 1 });

const judge = async (
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

/** Since when each promise has been broken, up to the last look. What only buyers can tell is not in these books. */
const watchBreaches = (invariants: readonly Invariant[]) => {
  const since = new Map<string, number>();
  const look = (books: Books, line: number): void => {
    for (const invariant of invariants) {
      if (auditOf(invariant, books).finding !== 'violated') since.delete(invariant.id);
      else if (!since.has(invariant.id)) since.set(invariant.id, line);
    }
  };
  return { since, look };
};

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

/** Runs one world. Throws `realWorldLeak`, `worldStuck` and what else makes it worthless. */
export const runWorld = async (setting: WorldSetting): Promise<WorldOutcome> => {
  const { ground, plan } = setting;
  await ground.reset(setting.reset);
  const chooser = recording(setting.chooser);
  const sites = armFaults(plan.scenario.faults, plan.random.fork('faults'));
  const { providers } = plan.scenario;
  const breaches = watchBreaches(setting.invariants);
  const lookAtBooks = async (label: string): Promise<void> => {
    if (label.startsWith('clock ') || label === 'timer fires') return;
    const line = simulation.journal.lines.lastIndexOf(label);
    breaches.look(booksOf(inRealTime(simulation), await ground.ledger.read(), unwitnessed), line);
  };
  const simulation: Simulation = await openSimulation({
    ...(setting.isWatched ? { afterStep: lookAtBooks } : {}),
    ...setting,
    chooser,
    providers,
    random: plan.random,
    siteOf: sites.siteOf,
    unheardCommitsMax: sites.commitHoles.reduce((sum, { times }) => sum + times, 0),
  });
  sites.strikeWith(killsIn(simulation));
  try {
    const history = new History();
    const traffic = { world: simulation, adapter: ground.target.http, clock: simulation.clock, history, patience };
    const buyers = await simulation.run(() => executeTraffic(plan.traffic, traffic));
    await simulation.run(() => sleep(simulation.clock, underFaultsMs));
    sites.disarm();
    const restless = await comeToRest(simulation, setting);
    const { audits, books } = await judge(setting, simulation, history, buyers, restless.length === 0);
    const violated = audits.filter(({ finding }) => finding === 'violated').map(({ invariant }) => invariant.id);
    return {
      fingerprint: [...violated.sort(), ...(restless.length > 0 ? ['not-at-rest'] : [])],
      audits,
      restless,
      books,
      history,
      choices: chooser.taken,
      digest: simulation.journal.digest(),
      lines: simulation.journal.lines,
      counts: simulation.counts,
      harms: chooser.harms(),
      brokenSince: breaches.since,
    };
  } finally {
    await simulation.end();
  }
};
