/**
 * One simulated world: the target's roles and the mock providers in this process, on virtual time, with every SQL
 * statement, every call and every webhook a step of its own.
 */
import type { Clock } from '../../clock.ts';
import type { FetchPage } from '../../observe/scrape-target.ts';
import type { FaultSite, OpenProvider, Provider } from '../../provider.ts';
import type { Random } from '../../seed.ts';
import type { Chooser } from '../../simulate/choices.ts';
import { type Journal, openJournal } from '../../simulate/journal.ts';
import { hostOf, Network, type NetworkWorld } from '../../simulate/network.ts';
import { type PoolWorld, poolOver } from '../../simulate/pools.ts';
import { asRequest, numbering } from '../../simulate/requests.ts';
import type { Sentinel } from '../../simulate/sentinel.ts';
import { type StatementCounts, StatementScheduler, type Statements } from '../../simulate/statements.ts';
import { runSteps } from '../../simulate/steps.ts';
import { UnscheduledStatements } from '../../simulate/unscheduled.ts';
import { virtualClock } from '../../simulate/virtual-clock.ts';
import { simulationErrors } from '../../simulation-errors.ts';
import {
  type HttpRequest,
  type HttpResponse,
  type InProcessRole,
  roleNamed,
  type Target,
  type Wiring,
} from '../../target.ts';
import type { RunningWorld } from '../../world.ts';
import { subscribeAll } from '../subscribe.ts';
import { beginMs, type Ground } from './ground.ts';
import { Pages } from './pages.ts';
import { type RoleProcess, startRole } from './role-process.ts';

/** How one world is to be. */
export interface WorldPlan {
  readonly ground: Ground;
  readonly providers: readonly Provider[];
  readonly random: Random;
  siteOf(providerId: string): FaultSite;
  /** How many commits that add to the ledger may lose their answers, because the scenario plans it. */
  readonly unheardCommitsMax: number;
  readonly chooser: Chooser;
  readonly sentinel: Sentinel;
  /** Inserts stop between what they read and what they write. */
  readonly hasGates: boolean;
  /** The next timer may fire at any moment, not only when nothing else can happen. */
  readonly isHasty: boolean;
  /** Jobs keep their intervals, and the metrics pages can be got: needs a ground that was opened to be watched. */
  readonly isObserved: boolean;
  /** Statements run as soon as they are asked for, side by side: what happens is up to PostgreSQL, not to `chooser`. */
  readonly isUnscheduled?: boolean;
  /** See `Scheduled`. */
  readonly afterStep?: (label: string) => Promise<void>;
}

/** A world that has begun; nothing in it goes on but in `run`. */
export interface Simulation {
  readonly clock: Clock;
  /** Time for those who only look, which is no part of the world, and the metrics pages that they look at. */
  readonly onlookers: Clock;
  readonly metrics: RunningWorld['metrics'];
  readonly fetchPage: FetchPage;
  readonly providers: readonly OpenProvider[];
  readonly journal: Journal;
  readonly counts: StatementCounts;
  /** Sends a request to the role that answers customers; never rejects. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Lets the world go on until what `begin` returned has settled. */
  run<T>(begin: () => Promise<T>): Promise<T>;
  /**
   * Kills a role now, or after a time of the world's clock, as a planned fault wants it; its supervisor starts it
   * again. Nothing happens to `postgres`, or while the role is not there.
   */
  kill(process: string, afterMs: number): void;
  /** From now on no call, webhook or statement comes to harm. */
  heal(): void;
  /** Ends it; the ground can be reset afterwards. */
  end(): Promise<void>;
}

const headersOf = ({ headers = {}, body }: HttpRequest): Record<string, string> =>
  body === undefined ? headers : { 'content-type': 'application/json', ...headers };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

type Roles = ReadonlyMap<string, RoleProcess>;

/** The answer of a role, and its text; undefined when none came. */
const answerOf = async (roles: Roles, role: string, request: Request) => {
  try {
    const answer = await roles.get(role)?.fetch(request);
    return answer && { status: answer.status, text: await answer.text() };
  } catch {
    return undefined;
  }
};

/** The door for customers. */
const requesterOf = (roles: Roles, { apiRole }: Target): Simulation['request'] => {
  const numbered = numbering();
  return async (request) => {
    const { method, path, body } = request;
    const name = numbered(`${method} ${path}`);
    const init = { method, headers: headersOf(request), ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const sent = new Request(`http://${hostOf(apiRole)}${path}`, init);
    const answer = await asRequest(name, () => answerOf(roles, apiRole, sent));
    return answer === undefined ? { status: 0, body: undefined } : { status: answer.status, body: parsed(answer.text) };
  };
};

/** The door for providers. */
const receiverOf =
  (roles: Roles, { webhookRole }: Target): NetworkWorld['receive'] =>
  async ({ url, headers, body }) => {
    const request = new Request(url, { method: 'POST', headers, body: new Uint8Array(body) });
    const answer = await answerOf(roles, webhookRole, request);
    return answer === undefined ? { status: 0, body: '' } : { status: answer.status, body: answer.text };
  };

const commitFaultOf = ({ database: { ledgerTable } }: Target, times: number) =>
  ledgerTable === undefined || times === 0
    ? {}
    : {
        commitFault: { after: new RegExp(`\\binsert\\s+into\\s+${ledgerTable.replaceAll('.', '\\.')}\\b`, 'i'), times },
      };

/** What a role meets in its world. */
interface Surroundings {
  readonly plan: WorldPlan;
  readonly wiring: Omit<Wiring, 'databaseUrl'>;
  readonly roles: Roles;
  /** The life that each role leads now, or led last. */
  readonly lives: Map<string, { end(): void }>;
  readonly scheduler: Statements;
  readonly network: Network;
  readonly clock: Clock;
  readonly pages: Pages;
  readonly harm: Pick<PoolWorld, 'chooser' | 'journal' | 'isHarmful'>;
}

/** Starts `role`; each life has a pool, chance and an HTTP port of its own, which are dead when it is over. */
const startOne = async (
  { plan, wiring, roles, lives, scheduler, network, clock, pages, harm }: Surroundings,
  role: string,
): Promise<RoleProcess> => {
  const { target, variant, sessionsOf } = plan.ground;
  const { inProcess } = target;
  if (inProcess === undefined) throw simulationErrors.notInProcess(target.id);
  const sessions = sessionsOf(role);
  const commitFault = commitFaultOf(target, plan.unheardCommitsMax);
  const compose = (nth: number): Promise<InProcessRole> => {
    const life = {
      isOver: false,
      end: () => {
        if (life.isOver) return;
        life.isOver = true;
        harm.journal.note(`${role} dies`);
        roles.get(role)?.die();
      },
    };
    lives.set(role, life);
    const db = poolOver(sessions, { ...harm, ...commitFault, role, scheduler, life });
    const random = plan.random.fork(nth === 1 ? role : `${role}, life ${nth}`);
    const send = network.httpOf(role);
    const http: typeof send = (...call) => (life.isOver ? new Promise(() => undefined) : send(...call));
    const ports = pages.portsOf(role, { db, clock, random, http, log: () => undefined });
    return inProcess(role, wiring, ports, variant);
  };
  const disconnect = async (): Promise<void> => {
    await Promise.all(sessions.map((session) => scheduler.abandon(session)));
  };
  return startRole({ clock, sentinel: plan.sentinel, isPunctual: plan.isObserved, compose, disconnect });
};

const webhookUrl = 'http://webhooks.simulated';

const webhookUrlsOf = (providers: readonly OpenProvider[]): Surroundings['wiring']['webhookUrls'] =>
  Object.fromEntries(providers.map(({ id }) => [id, webhookUrl]));

const wiringOf = (providers: readonly OpenProvider[]): Surroundings['wiring'] => ({
  providerUrls: Object.fromEntries(providers.map(({ id }) => [id, `http://${hostOf(id)}`])),
  providerIdentities: Object.fromEntries(providers.map(({ id, identity }) => [id, identity])),
  webhookUrl,
  webhookUrls: webhookUrlsOf(providers),
  timeScale: 1,
});

const statementsOf = ({ ground, hasGates, isUnscheduled }: WorldPlan, journal: Journal, clock: Clock): Statements => {
  if (isUnscheduled) return new UnscheduledStatements(ground.sessions, journal, clock);
  return new StatementScheduler({ ...ground, journal, clock, gates: hasGates ? ground.gates() : undefined });
};

/** Begins a world on `plan.ground`, which must have been reset. Throws what the target throws when it is composed. */
export const openSimulation = async (plan: WorldPlan): Promise<Simulation> => {
  const { ground, chooser, sentinel, random } = plan;
  const { target } = ground;
  const journal = openJournal();
  const clock = virtualClock(beginMs, () => pages.settled());
  let isHarmful = true;
  const scheduler = statementsOf(plan, journal, clock);
  const roles = new Map<string, RoleProcess>();
  const lives: Surroundings['lives'] = new Map();
  const pages = new Pages({ ...ground, clock, sentinel, roles });
  const harm = { chooser, journal, isHarmful: () => isHarmful };
  const network = new Network({ ...harm, clock, receive: receiverOf(roles, target) });
  const providers = plan.providers.map((provider) => {
    const ports = { clock, wall: clock, random: random.fork(provider.id), site: plan.siteOf(provider.id) };
    const opened = provider.open({ ...ports, deliver: network.deliver });
    network.attach(opened);
    return opened;
  });
  subscribeAll(providers, webhookUrlsOf(providers), target);
  const surroundings = { plan, wiring: wiringOf(providers), roles, lives, scheduler, network, clock, pages, harm };
  for (const role of target.roles) roles.set(role, await startOne(surroundings, role));
  // Whoever is not scheduled waits for the database last: all that can begin beside it has begun.
  const sources = plan.isUnscheduled ? [network, clock.due, scheduler] : [scheduler, network, clock.due];
  /** A healed world is fair: time passes only when nothing else can happen. */
  const scheduled = () => ({
    ...(plan.isHasty && isHarmful ? { sources: [...sources, clock] } : { sources, lastResort: clock }),
    chooser,
    journal,
    inspect: () => sentinel.check(),
    afterStep: plan.afterStep,
  });
  return {
    clock,
    onlookers: clock.onlookers,
    metrics: target.roles.map((role) => ({ instance: role, url: `http://${hostOf(role)}/metrics` })),
    fetchPage: pages.fetchPage,
    providers,
    journal,
    counts: scheduler.counts,
    request: requesterOf(roles, target),
    run: (begin) => runSteps(scheduled(), begin()),
    kill: (process, afterMs) => {
      const end = () => {
        if (isHarmful) lives.get(roleNamed(target, process) ?? '')?.end();
      };
      if (afterMs === 0) end();
      else clock.after(afterMs, end);
    },
    heal: () => {
      isHarmful = false;
    },
    end: async () => {
      for (const provider of providers) provider.stop();
      await scheduler.end();
    },
  };
};
