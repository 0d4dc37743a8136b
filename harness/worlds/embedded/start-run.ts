/** Starts the surroundings of one run and the system's roles among them, each link behind a proxy. */
import { preciseClock, scaledClock, systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import type { OpenProvider } from '../../provider.ts';
import type { Target, Wiring } from '../../target.ts';
import { startToxiproxy, type ToxiproxyServer } from '../../toxiproxy/server.ts';
import type { Assignment, Companion, Doors, RunningWorld } from '../../world.ts';
import { type Child, startChild } from './child.ts';
import type { Lease } from './lease.ts';
import { openLedger } from './ledger.ts';
import { createLinks, type Links } from './links.ts';
import type { PostgresServer } from './postgres.ts';
import { requester } from './requester.ts';

/** What a run starts on. */
export interface Ground extends Omit<Assignment, 'elsewhere'> {
  readonly lease: Lease;
  readonly postgres: PostgresServer;
  readonly doors: Doors;
  readonly database: string;
  /** Creates the database; resolves when the system may log in. */
  readonly migrated: () => Promise<void>;
  readonly timeScale: number;
}

const listenMsMax = 30_000;
const stopMsMax = 2_000;

/** What has to be undone at the end of the run, in the order in which it was done. */
type Undo = (() => Promise<unknown>)[];

/** Waits for all, also when one fails, so that nothing is still being started when the failure is handled. */
const together = async <Result>(promises: readonly Promise<Result>[]): Promise<Result[]> => {
  const outcomes = await Promise.allSettled(promises);
  return outcomes.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
};

/** Opens every provider on a socket, and a link from the system to it. */
const startProviders = async (ground: Ground, links: Links, undo: Undo) => {
  const clock = scaledClock(ground.timeScale);
  const opened: { provider: OpenProvider; url: string; door: string }[] = [];
  for (const provider of ground.providers) {
    const open = provider.open({
      clock,
      wall: systemClock,
      random: ground.random.fork(`provider-${provider.id}`),
      site: ground.siteOf(provider.id),
      deliver: ground.doors.deliver,
    });
    const door = await ground.doors.open(open);
    undo.push(door.close, async () => open.stop());
    const address = await links.open(`service-${provider.id}`, new URL(door.url).host);
    opened.push({ provider: open, url: `http://${address}`, door: door.url });
  }
  return opened;
};

/** Starts one role and resolves with the port on which it listens. */
const startRole = async (
  { target, postgres, database, variant, lease }: Ground,
  links: Links,
  role: string,
  wiring: Omit<Wiring, 'databaseUrl'>,
  children: Child[],
) => {
  const address = await links.open(`${role}-postgres`, `127.0.0.1:${postgres.port}`);
  const databaseUrl = postgres.urlFor(target.database.userOf(role), database, address);
  const child = await startChild({
    lease,
    name: `${database}-${role}`,
    command: target.process.command,
    args: target.process.argsFor(role, variant),
    env: target.process.environmentFor(role, { ...wiring, databaseUrl }),
  });
  children.push(child);
  return { role, child, port: await child.firstLine((line) => target.process.portIn(line), listenMsMax) };
};

/** Starts a program among the run's own processes. */
const companionsOf =
  ({ database, lease }: Ground, children: Child[]) =>
  async ({ name, ...program }: Companion): Promise<Child> => {
    const child = await startChild({ lease, name: `${database}-${name}`, ...program });
    children.push(child);
    return child;
  };

/** Names under which faults find the links of the two roles that the outside meets, whatever a target calls them. */
const aliasesIn = ({ apiRole, webhookRole }: Target) => ({
  'api-role-postgres': `${apiRole}-postgres`,
  'webhook-role-postgres': `${webhookRole}-postgres`,
});

/** Notes in words who ends before an end is expected. */
const noteEnds = (watched: readonly { readonly name: string; readonly child: Child }[]) => {
  const told: string[] = [];
  let isOver = false;
  for (const { name, child } of watched) {
    void child.exited.then(({ code, signal }) => {
      if (!isOver) told.push(`${name} ended by itself, ${signal === null ? `with code ${code}` : `by ${signal}`}`);
    });
  }
  const expect = (): void => {
    isOver = true;
  };
  return { told, expect };
};

/** Starts everything, link by link; what it started is in `undo` even when it rejects. */
const startParts = async (ground: Ground, toxiproxy: ToxiproxyServer, undo: Undo): Promise<RunningWorld> => {
  const { target, postgres, database, timeScale } = ground;
  const links = createLinks(toxiproxy, aliasesIn(target));
  let isPostgresGone = false;
  void postgres.process.exited.then(() => {
    isPostgresGone = true;
  });
  undo.push(async () => isPostgresGone || (await postgres.dropDatabase(database)));
  const providersStarted = startProviders(ground, links, undo);
  await together<unknown>([providersStarted, ground.migrated()]);
  const opened = await providersStarted;
  const webhookLink = `${ground.providers.find(({ serves }) => serves === 'payment')?.id}-service`;
  const wiring = {
    providerUrls: Object.fromEntries(opened.map(({ provider, url }) => [provider.id, url])),
    providerIdentities: Object.fromEntries(opened.map(({ provider }) => [provider.id, provider.identity])),
    webhookUrl: `http://${await links.reserve(webhookLink)}`,
    timeScale,
  };
  const ledger = openLedger(target, postgres.urlFor(target.database.auditor, database));
  const children: Child[] = [];
  undo.push(ledger.close, () => Promise.all(children.map((child) => child.stop(stopMsMax))));
  const roles = await together(target.roles.map((role) => startRole(ground, links, role, wiring, children)));
  const addressOf = (member: 'apiRole' | 'webhookRole'): string => {
    const found = roles.find(({ role }) => role === target[member]);
    if (found !== undefined) return `127.0.0.1:${found.port}`;
    const problem = `${member} "${target[member]}" is none of its roles: ${target.roles.join(', ')}`;
    throw errors.badConfig(`The target ${target.id}`, [problem]);
  };
  await links.connect(webhookLink, addressOf('webhookRole'));
  const ended = noteEnds([
    ...roles.map(({ role, child }) => ({ name: `role ${role}`, child })),
    { name: 'PostgreSQL', child: postgres.process },
  ]);
  return {
    providers: opened.map(({ provider }) => provider),
    links: links.names,
    timeScale,
    request: requester(`http://${addressOf('apiRole')}`),
    outside: {
      apiUrl: `http://${addressOf('apiRole')}`,
      providerUrls: Object.fromEntries(opened.map(({ provider, door }) => [provider.id, door])),
      start: companionsOf(ground, children),
    },
    addToxic: links.addToxic,
    removeToxic: links.removeToxic,
    removeToxics: links.removeToxics,
    hits: links.hits,
    metrics: roles.map(({ role, port }) => ({ instance: role, url: `http://127.0.0.1:${port}/metrics` })),
    readLedger: ledger.read,
    asSuperuser: (sql) => postgres.query(database, sql),
    logs: () => Object.fromEntries(roles.map(({ role, child }) => [role, child.tail()])),
    ended: () => ended.told,
    stop: () => {
      ended.expect();
      return undoAll(undo);
    },
  };
};

/** Takes every step, also after one that failed; rejects with the first failure. */
const undoAll = async (undo: Undo): Promise<void> => {
  const failures: unknown[] = [];
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
};

/** Resolves when every role listens; rejects, with nothing left running, when one does not. */
export const startRun = async (ground: Ground): Promise<RunningWorld> => {
  const toxiproxy = await startToxiproxy({ random: ground.random.fork('toxics'), clock: preciseClock });
  const undo: Undo = [toxiproxy.close];
  try {
    return await startParts(ground, toxiproxy, undo);
  } catch (error) {
    await undoAll(undo).catch(() => undefined); // what went wrong first is what has to be told
    throw error;
  }
};
