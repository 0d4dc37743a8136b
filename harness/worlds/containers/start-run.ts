/** Starts one run in containers: links, mocks and the system's roles, each of them fresh. */
import { containerErrors } from '../../container-errors.ts';
import type { TargetContainer, Wiring } from '../../target.ts';
import type { Assignment, RunningWorld } from '../../world.ts';
import { openLedger } from '../embedded/ledger.ts';
import { aliasesIn, userOnLink, webhookUrlsOver } from '../embedded/link-names.ts';
import { createLinks, type Links } from '../embedded/links.ts';
import { requester } from '../embedded/requester.ts';
import { together, type Undo, undoAll } from '../embedded/undo.ts';
import { webhookUrlsAt } from '../subscribe.ts';
import { type RunningContainer, startContainer } from './container.ts';
import type { ContainerGround } from './ground.ts';
import { startMocks } from './mocks.ts';
import { startLinkServer } from './toxiproxy.ts';

/** What a run starts on. */
export interface ContainerRun extends Assignment {
  readonly ground: ContainerGround;
  readonly container: TargetContainer;
  readonly database: string;
  /** Creates the database; resolves when the system may log in. */
  readonly migrated: () => Promise<void>;
  /** Begins the name of each container of the run. */
  readonly prefix: string;
  readonly timeScale: number;
}

const listenMsMax = 60_000;

/** A role that listens. */
interface RunningRole {
  readonly role: string;
  readonly container: RunningContainer;
  /** Where this process meets it. */
  readonly address: string;
}

const startRole = async (
  run: ContainerRun,
  links: Links,
  role: string,
  wiring: Omit<Wiring, 'databaseUrl'>,
  keep: (container: RunningContainer) => void,
): Promise<RunningRole> => {
  const { ground, target, container: how, variant, database, prefix } = run;
  const address = await links.open(`${role}-postgres`, ground.databaseAddress);
  const databaseUrl = ground.databases.urlFor(target.database.userOf(role), database, address);
  const container = await startContainer({
    ...ground,
    name: `${prefix}-${role}`,
    title: `role ${role}`,
    image: how.imageFor(role, variant),
    args: how.argsFor(role, variant),
    env: how.environmentFor(role, { ...wiring, databaseUrl }),
    ports: [how.port],
  });
  keep(container);
  await container.firstLine((line) => target.process.portIn(line), listenMsMax);
  return { role, container, address: container.addressOf(how.port) };
};

/** Notes in words which container ends before an end is expected. */
const noteEnds = (containers: readonly RunningContainer[]) => {
  const told: string[] = [];
  let isOver = false;
  for (const { title, exited } of containers) {
    void exited.then(({ code }) => {
      if (!isOver) told.push(`${title} ended by itself, with code ${code}`);
    });
  }
  const expect = (): void => {
    isOver = true;
  };
  return { told, expect };
};

/** Starts what the roles are to meet: links, mocks, a migrated database. */
const startSurroundings = async (run: ContainerRun, undo: Undo, keep: (container: RunningContainer) => void) => {
  const { ground, target, database, prefix, providers, timeScale } = run;
  const asSuperuser = (sql: string) => ground.databases.query(database, sql);
  undo.push(() => ground.databases.dropDatabase(database));
  const kept = async <Part extends { readonly container: RunningContainer }>(
    starting: Promise<Part>,
  ): Promise<Part> => {
    const part = await starting;
    keep(part.container);
    return part;
  };
  const witness = { userOn: userOnLink(target), query: asSuperuser };
  const proxyStarted = kept(startLinkServer(ground, `${prefix}-toxiproxy`, witness));
  const mocksStarted = kept(startMocks(ground, `${prefix}-mocks`, providers, timeScale));
  await together<unknown>([proxyStarted, mocksStarted, run.migrated()]);
  const [{ server }, mocks] = [await proxyStarted, await mocksStarted];
  const links = createLinks(server, aliasesIn(target));
  const urls: Record<string, string> = {};
  for (const { id } of providers) urls[id] = `http://${await links.open(`service-${id}`, mocks.addresses[id] ?? '')}`;
  const webhookUpstream = `${prefix}-${target.webhookRole}:${run.container.port}`;
  const webhookUrls = await webhookUrlsOver(providers, (name) => links.open(name, webhookUpstream));
  const wiring = {
    providerUrls: urls,
    providerIdentities: mocks.identities,
    webhookUrl: Object.values(webhookUrls)[0] ?? '',
    webhookUrls,
    timeScale,
  };
  return { links, mocks, wiring, asSuperuser };
};

/** The last lines of all containers, under short names. */
const logsOf = (postgres: RunningContainer, containers: readonly RunningContainer[], { prefix }: ContainerRun) => ({
  ...Object.fromEntries(containers.map((one) => [one.name.slice(prefix.length + 1), one.tail()])),
  postgres: postgres.tail(),
});

const startParts = async (run: ContainerRun, undo: Undo): Promise<RunningWorld> => {
  const { ground, target, database, timeScale, elsewhere } = run;
  const containers: RunningContainer[] = [];
  undo.push(() => Promise.all(containers.map((container) => container.remove())));
  const keep = (container: RunningContainer): void => void containers.push(container);
  const { links, mocks, wiring, asSuperuser } = await startSurroundings(run, undo, keep);
  const ledger = openLedger(target, ground.databases.urlFor(target.database.auditor, database));
  undo.push(ledger.close);
  const roles = await together(target.roles.map((role) => startRole(run, links, role, wiring, keep)));
  const met = await mocks.begin(elsewhere, webhookUrlsAt(wiring.webhookUrls, target));
  const ended = noteEnds([ground.postgres, ...containers]);
  const api = roles.find(({ role }) => role === target.apiRole)?.address ?? '';
  return {
    ...met,
    links: links.names,
    timeScale,
    request: requester(() => `http://${api}`),
    addToxic: links.addToxic,
    removeToxic: links.removeToxic,
    removeToxics: links.removeToxics,
    hits: links.hits,
    strike: (process) => {
      throw containerErrors.cannotHost('containers', `${process} cannot be struck there`);
    },
    metrics: roles.map(({ role, address }) => ({ instance: role, url: `http://${address}/metrics` })),
    readLedger: ledger.read,
    asSuperuser,
    logs: () => logsOf(ground.postgres, containers, run),
    ended: () => ended.told,
    stop: () => {
      ended.expect();
      return undoAll(undo);
    },
  };
};

/** Resolves when every role listens; rejects, with nothing of the run left, when one does not. */
export const startContainerRun = async (run: Omit<ContainerRun, 'container'>): Promise<RunningWorld> => {
  const { container } = run.target;
  if (container === undefined)
    throw containerErrors.cannotHost('containers', `the target ${run.target.id} says nothing of containers`);
  const undo: Undo = [];
  try {
    return await startParts({ ...run, container }, undo);
  } catch (error) {
    await undoAll(undo).catch(() => undefined); // what went wrong first is what has to be told
    throw error;
  }
};
