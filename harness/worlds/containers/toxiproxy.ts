/** A real Toxiproxy in a container. It does not say what its toxics touched, so that is asked of others. */
import { escapeLiteral } from 'pg';
import { sleep, systemClock } from '../../clock.ts';
import type { LinkServer } from '../embedded/links.ts';
import { type RunningContainer, startContainer } from './container.ts';
import type { ContainerGround } from './ground.ts';
import { imageOf } from './images.ts';

const apiPort = 8474;
const readyMsMax = 30_000;
const lookEveryMs = 20;

const untilAnswers = async (url: string, container: RunningContainer): Promise<void> => {
  await container.firstLine((line) => line.includes('Starting Toxiproxy HTTP server') || undefined, readyMsMax);
  const untilMs = systemClock.nowMs() + readyMsMax;
  while (systemClock.nowMs() < untilMs) {
    const isUp = await fetch(`${url}/version`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    await sleep(systemClock, lookEveryMs);
  }
};

/** Who counts the connections that a toxic on a link to the database touched. */
export interface DatabaseWitness {
  /** The database user who comes through the link of this name; undefined for a link to anything else. */
  userOn(link: string): string | undefined;
  /** Asks as superuser. */
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/**
 * Counts for a Toxiproxy that does not: connections that came while the toxic was there, if `accepted` tells; and on a
 * link to the database those that were there before, and on which something was said meanwhile, as PostgreSQL says.
 * What was closed before anybody asked is left out, so that a count is a lower bound; each stands for a byte at least.
 */
export const countedBy = (
  { userOn, query }: DatabaseWitness,
  accepted?: (link: string) => number,
): Required<Pick<LinkServer, 'hits' | 'watch' | 'unwatch'>> => {
  const since = new Map<string, { readonly atMs: number; readonly accepted: number }>();
  const counts = new Map<string, { proxy: string; toxic: string; connections: number; bytes: number }>();
  const touched = async (proxy: string, atMs: number, before: number): Promise<number> => {
    const user = userOn(proxy);
    const came = accepted === undefined ? 0 : accepted(proxy) - before;
    if (user === undefined) return came;
    const from = `to_timestamp(${atMs / 1_000}::float8)`;
    const isOld = accepted === undefined ? '' : `and backend_start < ${from}`;
    const [row] = await query(`select count(*)::int as sessions from pg_stat_activity
      where datname = current_database() and usename = ${escapeLiteral(user)}
        ${isOld} and state_change >= ${from}`);
    return came + Number(row?.sessions ?? 0);
  };
  return {
    watch: async (proxy, toxic) => {
      since.set(`${proxy} ${toxic}`, { atMs: systemClock.nowMs(), accepted: accepted?.(proxy) ?? 0 });
    },
    unwatch: async (proxy, toxic) => {
      const key = `${proxy} ${toxic}`;
      const begun = since.get(key);
      if (begun === undefined) return;
      since.delete(key);
      const connections = await touched(proxy, begun.atMs, begun.accepted);
      const before = counts.get(key)?.connections ?? 0;
      counts.set(key, { proxy, toxic, connections: before + connections, bytes: before + connections });
    },
    hits: () => [...counts.values()],
  };
};

/** How many connections each proxy has accepted, by the log of Toxiproxy. */
const acceptedIn = (container: RunningContainer): ((link: string) => number) => {
  const counts = new Map<string, number>();
  container.onLine((line) => {
    if (!line.includes('Accepted client')) return;
    const { name } = JSON.parse(line) as { readonly name?: string };
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  });
  return (link) => counts.get(link) ?? 0;
};

/** Starts the server of one run's links. */
export const startLinkServer = async (
  ground: ContainerGround,
  name: string,
  witness: DatabaseWitness,
): Promise<{ readonly server: LinkServer; readonly container: RunningContainer }> => {
  const container = await startContainer({
    ...ground,
    name,
    title: 'Toxiproxy',
    image: imageOf('toxiproxy', process.env),
    args: ['-host=0.0.0.0'],
    env: { LOG_LEVEL: 'info' },
    ports: [apiPort],
  });
  const url = `http://${container.addressOf(apiPort)}`;
  await untilAnswers(url, container);
  const listen = { host: '0.0.0.0', seenAs: name };
  return { container, server: { url, listen, ...countedBy(witness, acceptedIn(container)) } };
};
