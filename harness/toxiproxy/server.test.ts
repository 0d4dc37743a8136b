/** The HTTP API: what clients of Toxiproxy rely on, and what wrong requests get. */
import { describe, expect, test } from 'vitest';
import { preciseClock } from '../clock.ts';
import { randomFrom } from '../seed.ts';
import { startToxiproxy } from './server.ts';
import { dial, startLink, startServer, toxicOf, until } from './test-link.ts';
import { toxicKinds } from './toxics/index.ts';

const nowhere = '127.0.0.1:9';

/** Asks the API without a client; `body` is sent as it is. */
const ask = async (url: string, method: string, path: string, body?: string, headers = {}) => {
  const answer = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body }) });
  const text = await answer.text();
  return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
};

describe('through toxiproxy-node-client', () => {
  test('proxies are created, listed, read, changed and deleted', async () => {
    const { client } = await startServer();
    const proxy = await client.createProxy({ name: 'a', listen: '127.0.0.1:0', upstream: nowhere });
    expect(proxy.listen).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
    expect(proxy.toJson()).toEqual({ name: 'a', listen: proxy.listen, upstream: nowhere, enabled: true });
    await client.createProxy({ name: 'b', listen: '', upstream: 'localhost:9', enabled: false });
    expect(Object.keys(await client.getAll())).toEqual(['a', 'b']);
    const changed = await proxy.update({ listen: proxy.listen, upstream: '127.0.0.1:10', enabled: true });
    expect((await client.get('a')).toJson()).toEqual(changed.toJson());
    await proxy.remove();
    await expect(client.get('a')).rejects.toThrow('404');
  });

  test('a disabled proxy refuses connections and resets those in flight; enabled again, it works', async () => {
    const { proxy, near, far, join } = await startLink();
    const { listen, upstream } = proxy;
    expect((await proxy.update({ enabled: false, listen, upstream })).enabled).toBe(false);
    await until(() => near.state() === 'rst' && far.state() === 'rst');
    await expect(dial(listen)).rejects.toThrow('ECONNREFUSED');
    expect((await proxy.update({ enabled: true, listen, upstream })).listen).toBe(listen);
    const again = await join();
    again.near.socket.write('x');
    await until(() => again.far.text() === 'x');
  });

  test('a reset removes the toxics, enables the proxies and leaves live connections alone', async () => {
    const { client, proxy, near, far } = await startLink();
    await proxy.addToxic(toxicOf('latency', 'upstream', { latency: 600_000, jitter: 0 }));
    await client.createProxy({ name: 'off', listen: '127.0.0.1:0', upstream: nowhere, enabled: false });
    await client.reset();
    expect((await client.get('off')).enabled).toBe(true);
    await expect(proxy.getToxic('latency')).rejects.toThrow('404');
    near.socket.write('x');
    await until(() => far.text() === 'x');
  });

  test('populate creates what is new, keeps what is the same, replaces what differs', async () => {
    const { client } = await startServer();
    const a = await client.createProxy({ name: 'a', listen: '127.0.0.1:0', upstream: nowhere });
    const b = await client.createProxy({ name: 'b', listen: '127.0.0.1:0', upstream: nowhere });
    for (const proxy of [a, b]) await proxy.addToxic(toxicOf('timeout', 'upstream', { timeout: 1 }));
    const all = await client.populate([
      { name: 'a', listen: a.listen, upstream: nowhere },
      { name: 'b', listen: b.listen, upstream: '127.0.0.1:10' },
      { name: 'c', listen: '127.0.0.1:0', upstream: nowhere, enabled: false },
    ]);
    expect(Object.values(all).map(({ name, enabled }) => [name, enabled])).toEqual([
      ['a', true],
      ['b', true],
      ['c', false],
    ]);
    expect((await a.getToxic('timeout')).attributes).toEqual({ timeout: 1 });
    await expect(b.getToxic('timeout')).rejects.toThrow('404');
    expect(await client.populate([])).toEqual({});
  });

  test('the version is told', async () => {
    const { server, client } = await startServer();
    expect(JSON.parse(await client.getVersion())).toEqual({ version: server.version });
  });
});

describe('a toxic', () => {
  test('has defaults, keeps what an update leaves out, and is listed upstream first', async () => {
    const { server } = await startLink();
    const path = '/proxies/link/toxics';
    const latency = { attributes: { latency: 0, jitter: 0 }, name: 'latency_downstream', type: 'latency' };
    expect(await ask(server.url, 'POST', path, '{"type":"latency"}')).toEqual({
      status: 200,
      json: { ...latency, stream: 'downstream', toxicity: 1 },
    });
    await ask(server.url, 'POST', path, '{"type":"noop","stream":"Upstream"}');
    const patch = '{"attributes":{"latency":7},"toxicity":0.5}';
    const patched = { ...latency, attributes: { latency: 7, jitter: 0 }, stream: 'downstream', toxicity: 0.5 };
    expect((await ask(server.url, 'PATCH', `${path}/latency_downstream`, patch)).json).toEqual(patched);
    const noop = { attributes: {}, name: 'noop_upstream', type: 'noop', stream: 'upstream', toxicity: 1 };
    expect((await ask(server.url, 'GET', path)).json).toEqual([noop, patched]);
    expect((await ask(server.url, 'GET', '/proxies')).json.link.toxics).toEqual([noop, patched]);
    expect(await ask(server.url, 'DELETE', `${path}/noop_upstream`)).toEqual({ status: 204, json: undefined });
  });

  test('is of a type whose name is its place in the table', () => {
    expect([...toxicKinds.keys()]).toEqual([...toxicKinds.keys()].sort());
    for (const [type, kind] of toxicKinds) expect(kind.type).toBe(type);
  });
});

const proxyOf = (fields: object): string => JSON.stringify({ name: 'new', upstream: nowhere, ...fields });

describe('a wrong request', () => {
  test.each([
    ['POST', '/proxies', '{bad', 400, /^bad request body: .*JSON/],
    ['POST', '/proxies', '', 400, /^bad request body: /],
    ['POST', '/proxies', '[]', 400, /must be a JSON object/],
    ['POST', '/proxies', `{"upstream":"${nowhere}"}`, 400, /^missing required field: name$/],
    ['POST', '/proxies', '{"name":"new"}', 400, /^missing required field: upstream$/],
    ['POST', '/proxies', proxyOf({ name: 3 }), 400, /name must be a text/],
    ['POST', '/proxies', proxyOf({ name: 'a/b' }), 400, /must not contain/],
    ['POST', '/proxies', proxyOf({ enable: true }), 400, /no field "enable"; fields: name, listen, upstream, enabled/],
    ['POST', '/proxies', proxyOf({ enabled: 'yes' }), 400, /enabled must be true or false/],
    ['POST', '/proxies', proxyOf({ listen: 'nonsense' }), 400, /listen must be host:port/],
    ['POST', '/proxies', proxyOf({ upstream: 'host:0' }), 400, /upstream must be host:port/],
    ['POST', '/proxies', proxyOf({ listen: '127.0.0.1:70000' }), 400, /listen must be host:port/],
    ['POST', '/proxies', proxyOf({ toxics: [{ type: 'noop' }] }), 400, /toxics cannot be created with a proxy/],
    ['POST', '/proxies', proxyOf({ name: 'link' }), 409, /^proxy already exists/],
    ['GET', '/proxies/none', undefined, 404, /^proxy not found: "none"; proxies: link$/],
    ['DELETE', '/proxies/none', undefined, 404, /^proxy not found/],
    ['PATCH', '/proxies/link', '{"name":"other"}', 400, /name cannot be changed/],
    ['POST', '/populate', '{}', 400, /JSON array/],
    ['POST', '/populate', '[{"name":"new"}]', 400, /^missing required field: upstream at proxy 1$/],
    ['POST', '/proxies/link/toxics', '{}', 400, /^missing required field: type$/],
    ['POST', '/proxies/link/toxics', '{"type":"down"}', 400, /^invalid toxic type: "down"; types: bandwidth, latency/],
    ['POST', '/proxies/link/toxics', '{"type":"noop","stream":"up"}', 400, /^stream was invalid, can be either/],
    ['POST', '/proxies/link/toxics', '{"type":"noop","toxicity":2}', 400, /toxicity must be a number from 0 to 1/],
    ['POST', '/proxies/link/toxics', '{"type":"latency","attributes":{"delay":1}}', 400, /fields: latency, jitter$/],
    ['POST', '/proxies/link/toxics', '{"type":"latency","attributes":{"latency":-1}}', 400, /integer of at least 0/],
    ['POST', '/proxies/link/toxics', '{"type":"latency","attributes":{"latency":"1"}}', 400, /integer of at least 0/],
    ['POST', '/proxies/link/toxics', '{"type":"bandwidth"}', 400, /rate must be an integer of at least 1/],
    [
      'POST',
      '/proxies/link/toxics',
      '{"type":"slicer","attributes":{"average_size":2,"size_variation":2}}',
      400,
      /smaller/,
    ],
    ['POST', '/proxies/link/toxics', '{"type":"timeout"}', 409, /^toxic already exists: "timeout_downstream"/],
    ['PATCH', '/proxies/link/toxics/timeout_downstream', '{"stream":"upstream"}', 400, /stream cannot be changed/],
    ['GET', '/proxies/link/toxics/none', undefined, 404, /^toxic not found: "none"; .*: timeout_downstream$/],
    ['PATCH', '/proxies/link/toxics/none', '{}', 404, /^toxic not found/],
    ['DELETE', '/proxies/link/toxics/none', undefined, 404, /^toxic not found/],
    ['GET', '/', undefined, 404, /^not found: GET \/$/],
    ['GET', '/proxies/', undefined, 404, /^not found/],
    ['GET', '/proxies/link/toxic', undefined, 404, /^not found/],
    ['GET', '/proxies/%zz', undefined, 400, /^bad path/],
    ['PUT', '/proxies/link', '{}', 405, /use GET, POST, PATCH, DELETE$/],
    ['POST', '/version', '{}', 405, /use GET$/],
    ['POST', '/proxies', ' '.repeat(1024 * 1024 + 1), 413, /longer than/],
  ])('%s %s %s gets %i', async (method, path, body, status, error) => {
    const { server, proxy, near, far } = await startLink();
    await proxy.addToxic({ ...toxicOf('timeout', 'downstream', { timeout: 0 }), name: 'timeout_downstream' });
    const answer = await ask(server.url, method, path, body);
    expect(answer).toEqual({ status, json: { error: expect.stringMatching(error), status } });
    near.socket.write('still works');
    await until(() => far.text() === 'still works');
  });

  test('of a browser is refused', async () => {
    const { server } = await startServer();
    const answer = await ask(server.url, 'GET', '/version', undefined, { 'user-agent': 'Mozilla/5.0' });
    expect(answer).toEqual({ status: 403, json: { error: 'User agent not allowed', status: 403 } });
  });

  test('for a port in use gets 500 and creates nothing; populate says what it did create', async () => {
    const { server, client } = await startServer();
    const taken = new URL(server.url).host;
    const create = await ask(server.url, 'POST', '/proxies', proxyOf({ listen: taken }));
    expect(create).toMatchObject({ status: 500, json: { error: expect.stringContaining('EADDRINUSE'), status: 500 } });
    expect(await client.getAll()).toEqual({});
    const populate = await ask(
      server.url,
      'POST',
      '/populate',
      `[${proxyOf({ name: 'ok' })},${proxyOf({ listen: taken })}]`,
    );
    expect(populate).toMatchObject({ status: 500, json: { status: 500, proxies: [{ name: 'ok', enabled: true }] } });
    const { listen } = await client.createProxy({
      name: 'off',
      listen: '127.0.0.1:0',
      upstream: nowhere,
      enabled: false,
    });
    await client.createProxy({ name: 'thief', listen, upstream: nowhere });
    const reset = await ask(server.url, 'POST', '/reset');
    expect(reset).toMatchObject({ status: 500, json: { error: expect.stringContaining(listen) } });
  });

  test('many at once for the same name make one proxy', async () => {
    const { server } = await startServer();
    const create = proxyOf({ listen: 'localhost:0' }); // the name has to be looked up, which takes a while
    const eightTimes = <T>(request: () => Promise<T>): Promise<T[]> => Promise.all(Array.from({ length: 8 }, request));
    await eightTimes(() => ask(server.url, 'GET', '/version')); // opens the connections, so that the next ones overlap
    const answers = await eightTimes(() => ask(server.url, 'POST', '/proxies', create));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(7);
  });
});

test('a server whose port is taken says so', async () => {
  const { server } = await startServer();
  const port = Number(new URL(server.url).port);
  const second = startToxiproxy({ random: randomFrom('test'), clock: preciseClock, port });
  await expect(second).rejects.toMatchObject({ code: 'port-taken' });
});
