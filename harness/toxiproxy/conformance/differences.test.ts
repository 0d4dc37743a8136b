/** Each wanted difference, seen on both servers. */
import { readFileSync } from 'node:fs';
import { Toxiproxy } from 'toxiproxy-node-client';
import { describe, expect, onTestFinished, type TestContext, test } from 'vitest';
import { preciseClock, sleep } from '../../clock.ts';
import { linkOn, toxicOf } from '../test-link.ts';
import { type Difference, differences } from './differences.ts';
import { startRealServer } from './real-server.ts';
import { openSubject, realProgram, type SubjectName, subjectNames } from './subject.ts';

const nowhere = '127.0.0.1:9';

type Request = readonly [method: string, path: string, body?: string];

/** What a proof looks at, and what it finds on each server. */
type Proof = Readonly<Record<SubjectName, unknown>> & {
  observe(name: SubjectName, context: TestContext): Promise<unknown>;
};

/** A server with a proxy `link` that has one toxic, `slow`. */
const openLink = async (name: SubjectName, context: TestContext, flags?: readonly string[]) => {
  const subject = await openSubject(name, context, flags === undefined ? {} : { flags });
  const proxy = await subject.client.createProxy({ name: 'link', listen: '127.0.0.1:0', upstream: nowhere });
  await proxy.addToxic({ ...toxicOf('latency', 'downstream', { latency: 1, jitter: 2 }), name: 'slow' });
  const json = async (...[method, path, body]: Request) => JSON.parse((await subject.ask(method, path, body)).text);
  return { ...subject, proxy, json };
};

const openStream = async (name: SubjectName, context: TestContext) => {
  const subject = await openSubject(name, context);
  const link = await linkOn(subject.client);
  const add = (type: string, stream: 'upstream' | 'downstream', attributes: object) =>
    link.proxy.addToxic<object>(toxicOf<object>(type, stream, attributes));
  return { ...subject, ...link, add };
};

/** Requests, one after the other: each begins with its status on Toxiproxy, and gets `builtIn` on the other server. */
const statuses = (builtIn: number, requests: readonly (readonly [toxiproxy: number, ...Request])[]): Proof => ({
  observe: async (name, context) => {
    // Of its own, because a proxy that cannot be reached cannot be deleted either.
    const { ask } = await openLink(name, context, []);
    const answered: number[] = [];
    for (const [, ...request] of requests) answered.push((await ask(...request)).status);
    return answered;
  },
  'toxiproxy-server': requests.map(([status]) => status),
  'built-in': requests.map(() => builtIn),
});

const seen = (observe: Proof['observe'], toxiproxy: unknown, builtIn: unknown): Proof => ({
  observe,
  'toxiproxy-server': toxiproxy,
  'built-in': builtIn,
});

const proxies = '/proxies';
const toxics = '/proxies/link/toxics';
const slow = `${toxics}/slow`;
let named = 0;
const nextName = (): string => {
  named += 1;
  return `new${named}`;
};

/** Each has a name of its own, so that several can be created on one server. */
const proxyWith = (fields: object): string => JSON.stringify({ name: nextName(), upstream: nowhere, ...fields });
const toxicWith = (type: string, fields: object): string => JSON.stringify({ type, name: nextName(), ...fields });

const ofRequests = {
  errorText: seen(
    async (name, context) => (await openLink(name, context)).json('GET', '/proxies/none'),
    { error: 'proxy not found', status: 404 },
    { error: 'proxy not found: "none"; proxies: link', status: 404 },
  ),
  wrongRoute: seen(
    async (name, context) => {
      const { ask } = await openLink(name, context);
      const { status } = await ask('GET', '//version');
      return [(await ask('GET', '/nothing')).text, (await ask('PUT', '/version')).text, status];
    },
    ['404 page not found\n', '', 200],
    [
      '{"error":"not found: GET /nothing","status":404}\n',
      '{"error":"method not allowed: PUT /version; use GET","status":405}\n',
      404,
    ],
  ),
  unknownField: statuses(400, [
    [201, 'POST', proxies, proxyWith({ enable: true })],
    [201, 'POST', proxies, '{"Name":"capital","UPSTREAM":"127.0.0.1:9"}'],
    [200, 'PATCH', '/proxies/link', '{"enable":true}'],
    [201, 'POST', '/populate', `[${proxyWith({ enable: true })}]`],
    [200, 'POST', toxics, toxicWith('latency', { direction: 'upstream' })],
    [200, 'POST', toxics, toxicWith('latency', { attributes: { delay: 1 } })],
    [200, 'PATCH', slow, '{"attributes":{"delay":1}}'],
  ]),
  outOfRange: statuses(400, [
    [200, 'POST', toxics, toxicWith('latency', { toxicity: 2 })],
    [200, 'POST', toxics, toxicWith('latency', { toxicity: -1 })],
    [200, 'POST', toxics, toxicWith('latency', { attributes: { latency: -1 } })],
    [200, 'POST', toxics, toxicWith('latency', { attributes: { latency: 2 ** 53 } })],
    [200, 'PATCH', slow, '{"toxicity":2}'],
    [200, 'PATCH', slow, '{"attributes":{"jitter":-1}}'],
  ]),
  integerNotation: statuses(200, [
    [400, 'POST', toxics, '{"type":"latency","attributes":{"latency":1e3}}'],
    [400, 'PATCH', slow, '{"attributes":{"jitter":1.0}}'],
  ]),
  trailingText: statuses(400, [
    [201, 'POST', proxies, `${proxyWith({})} more`],
    [200, 'POST', toxics, `${toxicWith('noop', {})} more`],
    [200, 'PATCH', slow, '{} more'],
  ]),
  longBody: statuses(413, [[201, 'POST', proxies, ' '.repeat(1024 * 1024) + proxyWith({})]]),
  toxicsOfNewProxy: statuses(400, [
    [201, 'POST', proxies, proxyWith({ toxics: [{ type: 'noop' }] })],
    [201, 'POST', '/populate', `[${proxyWith({ toxics: [{ type: 'noop' }] })}]`],
  ]),
  fixedFields: statuses(400, [
    [200, 'PATCH', '/proxies/link', '{"name":"other"}'],
    [200, 'PATCH', slow, '{"name":"other"}'],
    [200, 'PATCH', slow, '{"type":"noop"}'],
    [200, 'PATCH', slow, '{"stream":"upstream"}'],
  ]),
  address: statuses(400, [
    [500, 'POST', proxies, proxyWith({ listen: 'nonsense' })],
    [500, 'POST', proxies, proxyWith({ listen: '127.0.0.1:70000' })],
    [201, 'POST', proxies, proxyWith({ upstream: 'nonsense' })],
    [201, 'POST', proxies, proxyWith({ upstream: '127.0.0.1:0' })],
    [200, 'PATCH', '/proxies/link', '{"upstream":""}'],
    [500, 'PATCH', '/proxies/link', '{"listen":"nonsense"}'],
  ]),
  proxyName: statuses(
    400,
    ['a/b', 'a?b', 'a#b'].map((name) => [201, 'POST', proxies, proxyWith({ name })]),
  ),
  bandwidthOfZero: statuses(400, [[200, 'POST', toxics, toxicWith('bandwidth', { attributes: { rate: 0 } })]]),
  halfUpdate: seen(
    async (name, context) => {
      const { ask, json } = await openLink(name, context);
      const { status } = await ask('PATCH', slow, '{"attributes":{"latency":7,"jitter":"x"}}');
      return { status, ...(await json('GET', slow)).attributes };
    },
    { status: 400, latency: 7, jitter: 2 },
    { status: 400, latency: 1, jitter: 2 },
  ),
  populateNothing: seen(
    async (name, context) => {
      const { json } = await openLink(name, context);
      return [await json('POST', '/populate', '[]'), (await json('POST', '/populate', '[{}]')).proxies];
    },
    [{ proxies: null }, null],
    [{ proxies: [] }, []],
  ),
  logger: seen(
    async (name, context) => (await (await openLink(name, context)).json('GET', '/proxies/link')).Logger,
    {},
    undefined,
  ),
  headers: seen(
    async (name, context) => {
      const { headers } = await (await openLink(name, context)).ask('GET', '/proxies/none');
      return ['x-toxiproxy-request-id', 'x-content-type-options'].map((header) => headers.has(header));
    },
    [true, true],
    [false, false],
  ),
  version: seen(
    async (name, context) => {
      const { type, text } = await (await openLink(name, context)).ask('GET', '/version');
      return { type, ...JSON.parse(text) };
    },
    { type: 'application/json;charset=utf-8', version: '2.12.0' },
    { type: 'application/json', version: '2.12.0+topple' },
  ),
  listenHost: seen(
    async (name, context) => {
      const { client } = await openLink(name, context);
      const { listen } = await client.createProxy({ name: 'a', listen: ':0', upstream: nowhere });
      return listen.startsWith('127.0.0.1:') ? 'loopback' : 'any';
    },
    'any',
    'loopback',
  ),
  resetOrder: seen(
    async (name, context) => {
      const { url, client, ask, json } = await openLink(name, context);
      const stuck = await client.createProxy({
        name: 'stuck',
        listen: new URL(url).host,
        upstream: nowhere,
        enabled: false,
      });
      await stuck.addToxic(toxicOf('latency', 'upstream', { latency: 1, jitter: 0 }));
      const { status } = await ask('POST', '/reset');
      return { status, toxicsLeft: (await json('GET', '/proxies/stuck/toxics')).length };
    },
    { status: 500, toxicsLeft: 1 },
    { status: 500, toxicsLeft: 0 },
  ),
} satisfies Partial<Record<keyof typeof differences, Proof>>;

/** With a variation as large as this, every second chunk is cut outside its bounds. */
const wildSlicer = { average_size: 1, size_variation: 100, delay: 0 };

const slicerVariation = async (name: SubjectName, context: TestContext): Promise<string> => {
  const toxic = toxicOf<object>('slicer', 'upstream', wildSlicer);
  if (name === 'built-in') {
    const { ask } = await openLink(name, context);
    return String((await ask('POST', toxics, JSON.stringify(toxic))).status);
  }
  const server = await startRealServer(await realProgram(context));
  onTestFinished(() => void server.stop());
  const { proxy, near } = await linkOn(new Toxiproxy(server.url));
  await proxy.addToxic<object>(toxic);
  let ended = false;
  void server.ended.then(() => {
    ended = true;
  });
  while (!ended) {
    if (!near.socket.destroyed) near.socket.write('x'.repeat(102));
    await sleep(preciseClock, 1);
  }
  return 'crash';
};

/** Which of 30 connections a toxic of toxicity 0.5 hits. */
const fates = async (name: SubjectName, context: TestContext): Promise<boolean[]> => {
  const { client, wait } = await openSubject(name, context, { flags: ['-seed', '1'] });
  const { proxy, join } = await linkOn(client);
  await proxy.addToxic<object>(toxicOf<object>('limit_data', 'upstream', { bytes: 0 }, 0.5));
  const hit: boolean[] = [];
  while (hit.length < 30) {
    const { near, far } = await join();
    near.socket.write('x');
    await wait(() => far.text() === 'x' || far.state() !== 'open');
    hit.push(far.text() === '');
  }
  return hit;
};

const neighbours = async (name: SubjectName, context: TestContext): Promise<string> => {
  const { add, near, far, wait } = await openStream(name, context);
  await add('latency', 'upstream', { latency: 600_000, jitter: 0 });
  near.socket.write('held');
  // Toxiproxy may not have read it before the first time.
  for (let times = 0; times < (name === 'built-in' ? 5 : 10_000) && far.text() === ''; times += 1) {
    await (await add('noop', 'upstream', {})).remove();
  }
  far.socket.write('the other way');
  await wait(() => near.text() === 'the other way');
  return far.text();
};

/** Whether a connection that was spared stays so while a neighbour comes and goes. */
const die = async (name: SubjectName, context: TestContext): Promise<string> => {
  const { add, proxy, join, wait } = await openStream(name, context);
  await proxy.addToxic<object>(toxicOf<object>('limit_data', 'upstream', { bytes: 0 }, 0.5));
  const spares = async ({ near, far }: Awaited<ReturnType<typeof join>>): Promise<boolean> => {
    const before = far.text();
    near.socket.write('x');
    await wait(() => far.text() !== before || far.state() !== 'open');
    return far.text() !== before;
  };
  let spared = await join();
  while (!(await spares(spared))) spared = await join();
  for (let times = 0; times < (name === 'built-in' ? 20 : 1000); times += 1) {
    await (await add('noop', 'upstream', {})).remove();
    if (!(await spares(spared))) return 'hit';
  }
  return 'spared';
};

const removedReset = async (name: SubjectName, context: TestContext): Promise<string> => {
  const { add, join, pass, nowMs } = await openStream(name, context);
  let arrived = '';
  // Toxiproxy may not have read it when the toxic is removed; then there is more time.
  for (const waitMs of [50, 500, 5000]) {
    const toxic = await add('reset_peer', 'upstream', { timeout: 2 * waitMs });
    const [startMs, { near, far }] = [nowMs(), await join()];
    near.socket.write('held');
    await pass(() => nowMs() - startMs >= waitMs);
    await toxic.remove();
    await pass(() => far.text() !== '' || far.state() !== 'open');
    arrived = far.text() || far.state();
    if (arrived === 'rst') break;
  }
  return arrived;
};

const ofConnections = {
  slicerVariation: seen(slicerVariation, 'crash', '400'),
  evidence: seen(
    async (name, context) => {
      const { ask, hits } = await openLink(name, context, ['-proxy-metrics']);
      return {
        metrics: (await ask('GET', '/metrics')).status,
        hits: hits?.().map(({ toxic, bytes }) => ({ toxic, bytes })),
      };
    },
    { metrics: 200, hits: undefined },
    { metrics: 404, hits: [{ toxic: 'slow', bytes: 0 }] },
  ),
  chance: seen(
    async (name, context) => {
      const [first, second] = [await fates(name, context), await fates(name, context)];
      return first.every((hit, index) => hit === second[index]) ? 'the same' : 'another';
    },
    'another', // one in a billion fails by chance
    'the same',
  ),
  die: seen(die, 'hit', 'spared'),
  neighbours: seen(neighbours, 'held', ''),
  halfClosed: seen(
    async (name, context) => {
      const { near, far, wait } = await openStream(name, context);
      near.socket.end('request');
      await wait(() => far.state() !== 'open');
      far.socket.end('answer');
      await wait(() => near.state() !== 'open');
      return near.text();
    },
    '',
    'answer',
  ),
  resetPassesOn: seen(
    async (name, context) => {
      const { near, far, join, wait } = await openStream(name, context);
      const second = await join();
      near.socket.resetAndDestroy();
      second.far.socket.resetAndDestroy();
      await wait(() => far.state() !== 'open' && second.near.state() !== 'open');
      return [far.state(), second.near.state()];
    },
    ['fin', 'fin'],
    ['rst', 'rst'],
  ),
  timeoutSwallowsClose: seen(
    async (name, context) => {
      const { add, near, far, wait } = await openStream(name, context);
      await add('timeout', 'downstream', { timeout: 0 });
      far.socket.end('answer');
      near.socket.write('ping');
      await wait(() => (name === 'built-in' ? far.text() === 'ping' : near.state() !== 'open'));
      return near.state();
    },
    'fin',
    'open',
  ),
  resetOfOldConnection: seen(
    async (name, context) => {
      const { add, near, far, wait } = await openStream(name, context);
      await add('reset_peer', 'upstream', { timeout: 0 });
      near.socket.write('x');
      await wait(() => near.state() !== 'open' && far.state() !== 'open');
      return [near.state(), far.state()];
    },
    ['fin', 'fin'],
    ['rst', 'rst'],
  ),
  removedReset: seen(removedReset, 'rst', 'held'),
  closeAfterReset: seen(
    async (name, context) => {
      const { add, join, wait } = await openStream(name, context);
      const toxic = await add('reset_peer', 'upstream', { timeout: 0 });
      const { near, far } = await join();
      // Toxiproxy takes up the toxics of a connection before it passes on the first answer.
      far.socket.write('x');
      await wait(() => near.text() === 'x');
      await toxic.remove();
      near.socket.end();
      await wait(() => far.state() !== 'open');
      return far.state();
    },
    'rst',
    'fin',
  ),
} satisfies Partial<Record<keyof typeof differences, Proof>>;

const proofs: Readonly<Record<keyof typeof differences, Proof>> = { ...ofRequests, ...ofConnections };

describe.each(Object.entries(proofs))('%s', (_, proof) => {
  test.for(subjectNames)('%s', async (name, context) => {
    expect(await proof.observe(name, context)).toEqual(proof[name]);
  });

  test('is a difference', () => expect(proof['built-in']).not.toEqual(proof['toxiproxy-server']));
});

test('ADR 0022 lists them all, and no other', () => {
  const adr = readFileSync(new URL('../../../docs/adr/0022-a-built-in-toxiproxy-server.md', import.meta.url), 'utf8');
  const [decision = ''] = adr.split('## Consequences');
  const rows = Object.values<Difference>(differences).map(
    (each) => `| ${each.matter} | ${each.toxiproxy} | ${each.topple} |`,
  );
  expect(
    decision
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .slice(2),
  ).toEqual(rows);
});

describe('what the built-in server refuses, it says how to mend', () => {
  test.for([
    ['POST', proxies, '{bad', /^bad request body: .*JSON/],
    ['POST', proxies, '[]', /must be a JSON object/],
    ['POST', proxies, proxyWith({ name: 3 }), /name must be a text/],
    ['POST', proxies, proxyWith({ name: 'a/b' }), /must not contain/],
    ['POST', proxies, proxyWith({ enable: true }), /no field "enable"; fields: name, listen, upstream, enabled/],
    ['POST', proxies, proxyWith({ enabled: 'yes' }), /enabled must be true or false/],
    ['POST', proxies, proxyWith({ listen: 'nonsense' }), /listen must be host:port/],
    ['POST', proxies, proxyWith({ upstream: 'host:0' }), /upstream must be host:port/],
    ['POST', proxies, proxyWith({ toxics: [{ type: 'noop' }] }), /toxics cannot be created with a proxy/],
    ['GET', '/proxies/none', undefined, /^proxy not found: "none"; proxies: link$/],
    ['PATCH', '/proxies/link', '{"name":"other"}', /name cannot be changed/],
    ['POST', '/populate', '{}', /JSON array/],
    ['POST', toxics, '{"type":"down"}', /^invalid toxic type: "down"; types: bandwidth, latency/],
    ['POST', toxics, '{"type":"noop","toxicity":2}', /toxicity must be a number from 0 to 1/],
    ['POST', toxics, '{"type":"latency","attributes":{"delay":1}}', /fields: latency, jitter$/],
    ['POST', toxics, '{"type":"latency","attributes":{"latency":-1}}', /integer of at least 0/],
    ['POST', toxics, '{"type":"bandwidth"}', /rate must be an integer of at least 1/],
    ['POST', toxics, toxicWith('slicer', { attributes: wildSlicer }), /size_variation must be smaller/],
    ['PATCH', slow, '{"stream":"upstream"}', /stream cannot be changed/],
    ['GET', `${toxics}/none`, undefined, /^toxic not found: "none"; .*: slow$/],
    ['GET', '/proxies/%zz', undefined, /^bad path/],
    ['PUT', '/proxies/link', '{}', /use GET, POST, PATCH, DELETE$/],
    ['POST', proxies, ' '.repeat(1024 * 1024 + 1), /longer than/],
  ] as const)('%s %s %s', async ([method, path, body, error], context) => {
    const { json } = await openLink('built-in', context);
    expect((await json(method, path, body)).error).toMatch(error);
  });
});
