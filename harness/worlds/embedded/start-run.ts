/** Starts the surroundings of one run and the system's roles among them, each link behind a proxy. */
import { preciseClock, scaledClock, systemClock } from '../../clock.ts';
import { errors } from '../../errors.ts';
import { databaseProcess } from '../../fault.ts';
import type { OpenProvider } from '../../provider.ts';
import { roleAliases, roleNamed, type Target, type Wiring } from '../../target.ts';
import { startToxiproxy, type ToxiproxyServer } from '../../toxiproxy/server.ts';
import type { Assignment, Companion, Doors, RunningWorld } from '../../world.ts';
import { subscribeAll } from '../subscribe.ts';
import { type Child, startChild } from './child.ts';
import type { Lease } from './lease.ts';
import { openLedger } from './ledger.ts';
import { aliasesIn, webhookLinkOf, webhookUrlsOver } from './link-names.ts';
import { createLinks, type Links } from './links.ts';
import type { PostgresServer } from './postgres.ts';
import { requester } from './requester.ts';
import { type Supervised, supervise } from './supervised.ts';
import { together, type Undo, undoAll } from './undo.ts';

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

/** What the system is told of its surroundings; providers that must be are told where their webhooks go. */
const wiringTo = (
  opened: Awaited<ReturnType<typeof startProviders>>,
  { target, timeScale }: Ground,
  webhookUrls: Wiring['webhookUrls'],
): Omit<Wiring, 'databaseUrl'> => {
  const providers = opened.map(({ provider }) => provider);
  subscribeAll(providers, webhookUrls, target);
  return {
    providerUrls: Object.fromEntries(opened.map(({ provider, url }) => [provider.id, url])),
    providerIdentities: Object.fromEntries(providers.map(({ id, identity }) => [id, identity])),
    webhookUrl: Object.values(webhookUrls)[0] ?? '',
    webhookUrls,
    timeScale,
  };
};

/** A role of the run, and where it listens at the moment. */
interface RunningRole extends Supervised {
  readonly role: string;
  address(): string;
  /** The last lines of each of its lives. */
  tail(): string;
}

/** What the roles of a run are started with. */
interface Staffing {
  readonly ground: Ground;
  readonly links: Links;
  readonly wiring: Omit<Wiring, 'databaseUrl'>;
  /** All that are there. */
  readonly children: Set<Child>;
  readonly onEnd: (told: string) => void;
}

/** Starts one role; resolves when it listens, as it will after each strike. */
const startRole = async (staffing: Staffing, role: string): Promise<RunningRole> => {
  const { ground, links, wiring, children, onEnd } = staffing;
  const { target, postgres, database, variant, lease } = ground;
  const linked = await links.open(`${role}-postgres`, `127.0.0.1:${postgres.port}`);
  const databaseUrl = postgres.urlFor(target.database.userOf(role), database, linked);
  let address = '';
  const lives: Child[] = [];
  const startNext = async (): Promise<Child> => {
    for (const earlier of lives) children.delete(earlier);
    const child = await startChild({
      lease,
      name: `${database}-${role}`,
      command: target.process.command,
      args: target.process.argsFor(role, variant),
      env: target.process.environmentFor(role, { ...wiring, databaseUrl }),
    });
    lives.push(child);
    children.add(child);
    address = `127.0.0.1:${await child.firstLine((line) => target.process.portIn(line), listenMsMax)}`;
    const heard = role === target.webhookRole ? Object.keys(wiring.webhookUrls) : [];
    for (const providerId of heard) await links.connect(webhookLinkOf(providerId), address);
    return child;
  };
  const supervised = supervise({ name: `role ${role}`, first: await startNext(), startNext, onEnd });
  return { ...supervised, role, address: () => address, tail: () => lives.map((life) => life.tail()).join('\n') };
};

/** Starts a program among the run's own processes. */
const companionsOf =
  ({ database, lease }: Ground, children: Set<Child>) =>
  async ({ name, ...program }: Companion): Promise<Child> => {
    const child = await startChild({ lease, name: `${database}-${name}`, ...program });
    children.add(child);
    return child;
  };

/** What `RunningWorld.strike` does. */
const strikerOf = (target: Target, roles: readonly RunningRole[], postgres: Supervised): RunningWorld['strike'] => {
  return (name, how) => {
    if (name === databaseProcess) return postgres.strike(how);
    const role = roles.find((candidate) => candidate.role === roleNamed(target, name));
    if (role === undefined && !roleAliases.includes(name))
      throw errors.unknownName('process', name, [databaseProcess, ...target.roles, ...roleAliases]);
    return role?.strike(how);
  };
};

/** The server as a fault strikes it. A crash is told by what the next server says of the data that it finds. */
const supervisePostgres = (postgres: PostgresServer, onEnd: (told: string) => void): Supervised =>
  supervise({
    name: 'PostgreSQL',
    first: postgres.process,
    startNext: () => postgres.restart(),
    confirms: (next) => next.tail().includes('database system was not properly shut down'),
    onEnd,
  });

/** Where a role of the target listens at the moment; throws `badConfig` when there is none of that name. */
const addressOf = (roles: readonly RunningRole[], target: Target, member: 'apiRole' | 'webhookRole') => {
  const found = roles.find(({ role }) => role === target[member]);
  if (found !== undefined) return found.address;
  const problem = `${member} "${target[member]}" is none of its roles: ${target.roles.join(', ')}`;
  throw errors.badConfig(`The target ${target.id}`, [problem]);
};

/** Starts everything, link by link; what it started is in `undo` even when it rejects. */
const startParts = async (ground: Ground, toxiproxy: ToxiproxyServer, undo: Undo): Promise<RunningWorld> => {
  const { target, postgres, database, timeScale } = ground;
  const links = createLinks(toxiproxy, aliasesIn(target));
  const ends: string[] = [];
  let isOver = false;
  const onEnd = (told: string): void => {
    if (!isOver) ends.push(told);
  };
  const server = supervisePostgres(postgres, onEnd);
  undo.push(async () => server.hasEnded() || (await postgres.dropDatabase(database)));
  const providersStarted = startProviders(ground, links, undo);
  await together<unknown>([providersStarted, ground.migrated()]);
  const opened = await providersStarted;
  const wiring = wiringTo(opened, ground, await webhookUrlsOver(ground.providers, links.reserve));
  const ledger = openLedger(target, postgres.urlFor(target.database.auditor, database));
  const children = new Set<Child>();
  undo.push(ledger.close, () => Promise.all([...children].map((child) => child.stop(stopMsMax))));
  const staffing = { ground, links, wiring, children, onEnd };
  const roles = await together(target.roles.map((role) => startRole(staffing, role)));
  const apiAddress = addressOf(roles, target, 'apiRole');
  addressOf(roles, target, 'webhookRole'); // refused now when it is none
  return {
    providers: opened.map(({ provider }) => provider),
    links: links.names,
    timeScale,
    request: requester(() => `http://${apiAddress()}`),
    outside: {
      get apiUrl() {
        return `http://${apiAddress()}`;
      },
      providerUrls: Object.fromEntries(opened.map(({ provider, door }) => [provider.id, door])),
      start: companionsOf(ground, children),
    },
    addToxic: links.addToxic,
    removeToxic: links.removeToxic,
    removeToxics: links.removeToxics,
    hits: links.hits,
    strike: strikerOf(target, roles, server),
    metrics: roles.map(({ role, address }) => ({
      instance: role,
      get url() {
        return `http://${address()}/metrics`;
      },
    })),
    readLedger: ledger.read,
    asSuperuser: (sql) => postgres.query(database, sql),
    logs: () => Object.fromEntries(roles.map(({ role, tail }) => [role, tail()])),
    ended: () => ends,
    stop: () => {
      isOver = true;
      return undoAll(undo);
    },
  };
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
