/**
 * One simulated world: the target's roles and the mock providers in this process, on virtual time, with every SQL
 * statement, every call and every webhook a step of its own.
 */
import type { Clock } from '../../clock.ts';
import type { FaultSite, OpenProvider, Provider, WebhookAnswer } from '../../provider.ts';
import type { Random } from '../../seed.ts';
import type { Chooser } from '../../simulate/choices.ts';
import { type Journal, openJournal } from '../../simulate/journal.ts';
import { hostOf, Network } from '../../simulate/network.ts';
import { poolOver } from '../../simulate/pools.ts';
import type { Sentinel } from '../../simulate/sentinel.ts';
import { type StatementCounts, StatementScheduler } from '../../simulate/statements.ts';
import { runSteps } from '../../simulate/steps.ts';
import { virtualClock } from '../../simulate/virtual-clock.ts';
import type { HttpRequest, HttpResponse, InProcessRole, Target } from '../../target.ts';
import { beginMs, type Ground } from './ground.ts';

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
}

/** A world that has begun; nothing in it goes on but in `run`. */
export interface Simulation {
  readonly clock: Clock;
  readonly providers: readonly OpenProvider[];
  readonly journal: Journal;
  readonly counts: StatementCounts;
  /** Sends a request to the role that answers customers; never rejects. */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Lets the world go on until what `begin` returned has settled. */
  run<T>(begin: () => Promise<T>): Promise<T>;
  /** From now on no call, webhook or statement comes to harm. */
  heal(): void;
  /** Ends it; the ground can be reset afterwards. */
  end(): Promise<void>;
}

/** An idle job is asked less and less often, up to every 64th time: a slow worker is a legal one. */
const idleDoublingsMax = 6;

interface Parts {
  readonly clock: Clock;
  readonly sentinel: Sentinel;
  readonly roles: ReadonlyMap<string, InProcessRole>;
}

/** Runs the jobs of all roles: again at once while they find work. */
const startJobs = ({ clock, sentinel, roles }: Parts): void => {
  for (const { jobs } of roles.values()) {
    for (const job of jobs) {
      let idleTurns = 0;
      const turn = async (): Promise<void> => {
        const did = await sentinel
          .run(() => job.run())
          .then(
            ({ did }) => did,
            () => 0,
          );
        idleTurns = did > 0 ? 0 : idleTurns + 1;
        clock.after(did > 0 ? 0 : job.everyMs * 2 ** Math.min(idleTurns, idleDoublingsMax), () => void turn());
      };
      clock.after(job.everyMs, () => void turn());
    }
  }
};

const headersOf = ({ headers = {}, body }: HttpRequest): Record<string, string> =>
  body === undefined ? headers : { 'content-type': 'application/json', ...headers };

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
};

/** The door for customers. */
const requesterOf =
  ({ sentinel, roles }: Parts, { apiRole }: Target): Simulation['request'] =>
  async (request) => {
    const { method, path, body } = request;
    const init = { method, headers: headersOf(request), ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    try {
      const answer = await sentinel.run(() =>
        roles.get(apiRole)?.fetch(new Request(`http://api.simulated${path}`, init)),
      );
      return { status: answer?.status ?? 0, body: parsed((await answer?.text()) ?? '') };
    } catch {
      return { status: 0, body: undefined };
    }
  };

/** The door for providers. */
const receiverOf = ({ sentinel, roles }: Parts, { webhookRole }: Target) => {
  return async ({
    url,
    headers,
    body,
  }: {
    url: string;
    headers: Readonly<Record<string, string>>;
    body: Uint8Array;
  }) => {
    const request = new Request(url, { method: 'POST', headers, body: new Uint8Array(body) });
    try {
      const answer = await sentinel.run(() => roles.get(webhookRole)?.fetch(request));
      return { status: answer?.status ?? 0, body: (await answer?.text()) ?? '' } satisfies WebhookAnswer;
    } catch {
      return { status: 0, body: '' };
    }
  };
};

const commitFaultOf = ({ database: { ledgerTable } }: Target, times: number) =>
  ledgerTable === undefined || times === 0
    ? {}
    : {
        commitFault: { after: new RegExp(`\\binsert\\s+into\\s+${ledgerTable.replaceAll('.', '\\.')}\\b`, 'i'), times },
      };

/** Begins a world on `plan.ground`, which must have been reset. Throws what the target throws when it is composed. */
export const openSimulation = async (plan: WorldPlan): Promise<Simulation> => {
  const { ground, chooser, sentinel, random } = plan;
  const { target, variant } = ground;
  const journal = openJournal();
  const clock = virtualClock(beginMs);
  let isHarmful = true;
  const gates = plan.hasGates ? ground.gates() : undefined;
  const scheduler = new StatementScheduler({ ...ground, journal, gates, clock });
  const roles = new Map<string, InProcessRole>();
  const parts: Parts = { clock, sentinel, roles };
  const harm = { chooser, journal, isHarmful: () => isHarmful };
  const network = new Network({ ...harm, clock, receive: receiverOf(parts, target) });
  const providers = plan.providers.map((provider) => {
    const ports = { clock, wall: clock, random: random.fork(provider.id), site: plan.siteOf(provider.id) };
    const opened = provider.open({ ...ports, deliver: network.deliver });
    network.attach(opened);
    return opened;
  });
  const wiring = {
    providerUrls: Object.fromEntries(providers.map(({ id }) => [id, `http://${hostOf(id)}`])),
    providerIdentities: Object.fromEntries(providers.map(({ id, identity }) => [id, identity])),
    webhookUrl: 'http://webhooks.simulated',
    timeScale: 1,
  };
  const commitFault = commitFaultOf(target, plan.unheardCommitsMax);
  for (const role of target.roles) {
    const db = poolOver(ground.sessionsOf(role), { ...harm, ...commitFault, scheduler });
    const ports = { db, clock, random: random.fork(role), http: network.httpOf(role), log: () => undefined };
    const composed = await target.inProcess?.(role, wiring, ports, variant);
    if (composed !== undefined) roles.set(role, composed);
  }
  startJobs(parts);
  const sources = [scheduler, network, clock.due];
  /** A healed world is fair: time passes only when nothing else can happen. */
  const scheduled = () => ({
    ...(plan.isHasty && isHarmful ? { sources: [...sources, clock] } : { sources, lastResort: clock }),
    chooser,
    journal,
    inspect: () => sentinel.check(),
  });
  return {
    clock,
    providers,
    journal,
    counts: scheduler.counts,
    request: requesterOf(parts, target),
    run: (begin) => runSteps(scheduled(), begin()),
    heal: () => {
      isHarmful = false;
    },
    end: async () => {
      for (const provider of providers) provider.stop();
      await scheduler.end();
    },
  };
};
