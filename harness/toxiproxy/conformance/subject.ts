/** What the suite is run against: the built-in server, and Toxiproxy itself. */
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, onTestFinished, type TestContext } from 'vitest';
import { findProgram } from '../../binaries/find.ts';
import { preciseClock, sleep, steppedClock } from '../../clock.ts';
import type { ToxicHits } from '../hits.ts';
import { advanceUntil, startServer, until } from '../test-link.ts';
import { type RealServer, startRealServer } from './real-server.ts';

/** The two servers, by name. */
export const subjectNames = ['built-in', 'toxiproxy-server'] as const;

/** The name of one of the two servers. */
export type SubjectName = (typeof subjectNames)[number];

/** An answer of the API. */
export interface Answer {
  readonly status: number;
  /** The Content-Type; empty if there is none. */
  readonly type: string;
  readonly text: string;
  readonly headers: Headers;
}

/** A server under test without proxies, and its own time: the built-in one counts on a clock that stands still. */
export interface Subject {
  readonly name: SubjectName;
  readonly url: string;
  readonly client: Toxiproxy;
  nowMs(): number;
  /** Waits for `condition`, which must not need time: the clock of the built-in server stands still. */
  wait(condition: () => boolean): Promise<void>;
  /** Waits for `condition` and lets time pass for it: real time, or steps of the clock. */
  pass(condition: () => boolean): Promise<void>;
  /** What each toxic touched; Toxiproxy does not know. */
  readonly hits?: () => readonly ToxicHits[];
  /** Asks the API without a client; `body` is sent as it is. */
  ask(method: string, path: string, body?: string, headers?: Record<string, string>): Promise<Answer>;
}

const stepMs = 10;

const asker =
  (url: string): Subject['ask'] =>
  async (method, path, body, headers = {}) => {
    const answer = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
    const type = answer.headers.get('content-type') ?? '';
    return { status: answer.status, type, text: await answer.text(), headers: answer.headers };
  };

const builtIn = async (seed: string): Promise<Subject> => {
  const clock = steppedClock(0);
  const { server, client } = await startServer({ clock, seed });
  return {
    name: 'built-in',
    url: server.url,
    client,
    nowMs: clock.nowMs,
    wait: until,
    pass: async (condition) => void (await advanceUntil(clock, stepMs, condition)),
    hits: () => server.hits(),
    ask: asker(server.url),
  };
};

const realWait: Subject['wait'] = async (condition) => {
  while (!condition()) await sleep(preciseClock, 1);
};

const realSubject = ({ url }: RealServer): Subject => ({
  name: 'toxiproxy-server',
  url,
  client: new Toxiproxy(url),
  nowMs: preciseClock.nowMs,
  wait: realWait,
  pass: realWait,
  ask: asker(url),
});

/** The file of `toxiproxy-server`; skips the test, with the reason, where there is none. */
export const realProgram = async (context: TestContext): Promise<string> => {
  const program = await findProgram('toxiproxy-server');
  return program.path ?? context.skip(program.reason);
};

/** One process for all tests of a file; each leaves it without proxies. */
let shared: Promise<RealServer> | undefined;
afterAll(async () => (await shared?.catch(() => undefined))?.stop());

const removeProxies = async (client: Toxiproxy): Promise<void> => {
  for (const proxy of Object.values(await client.getAll())) await proxy.remove();
};

/**
 * One of the two servers, without proxies; skips the test where it is missing. `flags` start a `toxiproxy-server` of
 * its own, and `seed` is that of the built-in one.
 */
export const openSubject = async (
  name: SubjectName,
  context: TestContext,
  { flags, seed = 'test' }: { flags?: readonly string[]; seed?: string } = {},
): Promise<Subject> => {
  if (name === 'built-in') return builtIn(seed);
  const path = await realProgram(context);
  if (flags !== undefined) {
    const server = await startRealServer(path, flags);
    onTestFinished(() => void server.stop());
    return realSubject(server);
  }
  shared ??= startRealServer(path);
  const subject = realSubject(await shared);
  onTestFinished(() => removeProxies(subject.client));
  return subject;
};
