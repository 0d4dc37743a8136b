/** The HTTP API: every route, and what is wrong on both servers. What differs on purpose is in differences.ts. */
import { describe, expect, type TestContext, test } from 'vitest';
import { dial, linkOn, toxicOf } from '../test-link.ts';
import { type Answer, openSubject, type SubjectName, subjectNames } from './subject.ts';

const nowhere = '127.0.0.1:9';
const realAddress = expect.stringMatching(/^127\.0\.0\.1:[1-9]\d*$/);

/** Without `Logger`, which is the inner state of Toxiproxy. */
const jsonOf = ({ text }: Answer) => JSON.parse(text, (key, value) => (key === 'Logger' ? undefined : value));

const cut = { attributes: { timeout: 7 }, name: 'cut', type: 'timeout', stream: 'downstream', toxicity: 1 };

/** A server with a proxy `link` that has one toxic, `cut`. `get` and `send` take and give JSON. */
const openLink = async (name: SubjectName, context: TestContext) => {
  const subject = await openSubject(name, context);
  const proxy = await subject.client.createProxy({ name: 'link', listen: '127.0.0.1:0', upstream: nowhere });
  await proxy.addToxic(cut as Parameters<typeof proxy.addToxic>[0]);
  const get = async (path: string) => jsonOf(await subject.ask('GET', path));
  const send = async (method: string, path: string, body: object) => {
    const answer = await subject.ask(method, path, JSON.stringify(body));
    return { status: answer.status, type: answer.type, json: jsonOf(answer) };
  };
  return { ...subject, proxy, get, send };
};

/** An error as it is told: the built-in server goes on with what would be right, Toxiproxy with Go's words at most. */
const expectError = (name: SubjectName, error: string, told: string): void => {
  if (name === 'built-in' || error.endsWith(': ')) expect(told.slice(0, error.length)).toBe(error);
  else expect(told).toBe(error);
};

describe.each(subjectNames)('%s: proxies', (name) => {
  test('are created, shown, listed and deleted', async (context) => {
    const { ask, get, send } = await openLink(name, context);
    const { json, ...created } = await send('POST', '/proxies', {
      name: 'new',
      listen: '127.0.0.1:0',
      upstream: nowhere,
    });
    expect(created).toEqual({ status: 201, type: 'application/json' });
    expect(json).toEqual({ name: 'new', listen: realAddress, upstream: nowhere, enabled: true, toxics: [] });
    await dial(json.listen);
    expect(await ask('GET', '/proxies/new')).toMatchObject({ status: 200, type: 'application/json' });
    expect(await get('/proxies/new')).toEqual(json);
    expect(await ask('GET', '/proxies')).toMatchObject({ status: 200, type: 'application/json' });
    expect(await get('/proxies')).toEqual({ link: { ...(await get('/proxies/link')), toxics: [cut] }, new: json });
    expect(await ask('DELETE', '/proxies/new')).toMatchObject({ status: 204, type: '', text: '' });
    expect(await ask('GET', '/proxies/new')).toMatchObject({ status: 404 });
    expect(Object.keys(await get('/proxies'))).toEqual(['link']);
    await expect(dial(json.listen)).rejects.toThrow('ECONNREFUSED');
  });

  test('that are disabled listen nowhere, and take their port when they are enabled', async (context) => {
    const { get, send } = await openLink(name, context);
    const off = { name: 'off', listen: '127.0.0.1:0', upstream: nowhere, enabled: false };
    expect((await send('POST', '/proxies', off)).json).toEqual({ ...off, toxics: [] });
    const { json } = await send('PATCH', '/proxies/off', { enabled: true });
    expect(json).toEqual({ ...off, listen: realAddress, enabled: true, toxics: [] });
    await dial(json.listen);
    expect((await send('PATCH', '/proxies/off', { enabled: false })).json).toEqual({ ...json, enabled: false });
    await expect(dial(json.listen)).rejects.toThrow('ECONNREFUSED');
    expect(await get('/proxies/off')).toEqual({ ...json, enabled: false });
    expect((await send('PATCH', '/proxies/off', { enabled: true })).json).toEqual(json);
  });

  test.for(['PATCH', 'POST'])('are changed by %s, which keeps what it leaves out', async (method, context) => {
    const { get, send } = await openLink(name, context);
    const before = await get('/proxies/link');
    for (const nothing of [{}, { enabled: null, listen: null, upstream: null }]) {
      expect(await send(method, '/proxies/link', nothing)).toEqual({
        status: 200,
        type: 'application/json',
        json: before,
      });
    }
    const changed = { ...before, upstream: '127.0.0.1:10' };
    expect((await send(method, '/proxies/link', { upstream: '127.0.0.1:10' })).json).toEqual(changed);
    expect(await get('/proxies/link')).toEqual(changed);
    const moved = (await send(method, '/proxies/link', { listen: '127.0.0.1:0' })).json;
    expect(moved).toEqual({ ...changed, listen: realAddress });
    expect(moved.listen).not.toBe(before.listen);
    await dial(moved.listen);
    await expect(dial(before.listen)).rejects.toThrow('ECONNREFUSED');
    const elsewhere = (await send(method, '/proxies/link', { listen: '' })).json.listen;
    expect(elsewhere).toMatch(/:[1-9]\d*$/);
    expect(elsewhere).not.toBe(moved.listen);
  });

  test('take a name as the address it stands for, of IPv4 if there is one', async (context) => {
    const { ask, client, pass } = await openSubject(name, context);
    const { proxy, near, far } = await linkOn(client);
    const named = await client.createProxy({ name: 'named', listen: 'localhost:0', upstream: nowhere });
    expect(named.listen).toEqual(realAddress);
    const byName = proxy.listen.replace('127.0.0.1', 'localhost');
    expect(jsonOf(await ask('PATCH', '/proxies/link', JSON.stringify({ listen: byName })))).toMatchObject({
      listen: proxy.listen,
    });
    await client.populate([{ name: 'link', listen: byName, upstream: proxy.upstream }]);
    near.socket.write('still there');
    await pass(() => far.text() === 'still there');
  });

  test('that cannot have their port are not created, or are left disabled at the new address', async (context) => {
    const { url, get, send } = await openLink(name, context);
    const taken = new URL(url).host;
    const error = `listen tcp ${taken}: bind: address already in use`;
    const refusal = { status: 500, type: 'text/plain; charset=utf-8', json: { error, status: 500 } };
    expect(await send('POST', '/proxies', { name: 'new', listen: taken, upstream: nowhere })).toEqual(refusal);
    const before = await get('/proxies/link');
    expect(await send('PATCH', '/proxies/link', { listen: taken })).toEqual(refusal);
    expect(await get('/proxies')).toEqual({ link: { ...before, listen: taken, enabled: false } });
    await expect(dial(before.listen)).rejects.toThrow('ECONNREFUSED');
  });
});

describe.each(subjectNames)('%s: the connections of a proxy', (name) => {
  test.for([
    ['is disabled', 'PATCH', { enabled: false }],
    ['gets another upstream', 'PATCH', { upstream: '127.0.0.1:10' }],
    ['moves', 'POST', { listen: '127.0.0.1:0' }],
    ['is deleted', 'DELETE', {}],
  ] as const)('are closed when it %s', async ([, method, body], context) => {
    const { client, ask, pass } = await openSubject(name, context);
    const { near, far } = await linkOn(client);
    await ask(method, '/proxies/link', method === 'DELETE' ? undefined : JSON.stringify(body));
    await pass(() => near.state() !== 'open' && far.state() !== 'open');
    expect([near.state(), far.state()]).toEqual(['fin', 'fin']);
  });

  test('are left alone by an update that changes nothing, by a reset and by toxics', async (context) => {
    const { client, ask, pass } = await openSubject(name, context);
    const { proxy, near, far } = await linkOn(client);
    const { listen, upstream } = proxy;
    await ask('PATCH', '/proxies/link', JSON.stringify({ listen, upstream, enabled: true }));
    await proxy.addToxic(toxicOf('noop', 'upstream', {}));
    await client.populate([{ name: 'link', listen, upstream }]);
    await client.reset();
    near.socket.write('still there');
    await pass(() => far.text() === 'still there');
  });

  test('end at once when nobody listens at the upstream', async (context) => {
    const { client, pass } = await openSubject(name, context);
    const proxy = await client.createProxy({ name: 'link', listen: '127.0.0.1:0', upstream: nowhere });
    const near = await dial(proxy.listen);
    await pass(() => near.state() === 'fin');
    expect(near.text()).toBe('');
  });
});

describe.each(subjectNames)('%s: toxics', (name) => {
  const path = '/proxies/link/toxics';

  test('have defaults, are shown, and are listed upstream first', async (context) => {
    const { ask, get, send } = await openLink(name, context);
    const latency = {
      attributes: { latency: 0, jitter: 0 },
      name: 'latency_downstream',
      type: 'latency',
      stream: 'downstream',
      toxicity: 1,
    };
    expect(await send('POST', path, { type: 'latency' })).toEqual({
      status: 200,
      type: 'application/json',
      json: latency,
    });
    const noop = { attributes: {}, name: 'noop_Upstream', type: 'noop', stream: 'Upstream', toxicity: 0.1 };
    expect((await send('POST', path, { type: 'noop', stream: 'Upstream', toxicity: 0.1 })).json).toEqual(noop);
    expect(await get(path)).toEqual([noop, cut, latency]);
    expect((await get('/proxies')).link.toxics).toEqual([noop, cut, latency]);
    expect(await ask('GET', `${path}/noop_Upstream`)).toMatchObject({ status: 200, type: 'application/json' });
    expect(await get(`${path}/noop_Upstream`)).toEqual(noop);
    expect(await ask('DELETE', `${path}/noop_Upstream`)).toMatchObject({ status: 204, type: '', text: '' });
    expect(await get(path)).toEqual([cut, latency]);
  });

  test.for([
    ['bandwidth', { rate: 3 }],
    ['latency', { latency: 3, jitter: 2 }],
    ['limit_data', { bytes: 3 }],
    ['noop', {}],
    ['reset_peer', { timeout: 3 }],
    ['slicer', { average_size: 3, size_variation: 2, delay: 1 }],
    ['slow_close', { delay: 3 }],
    ['timeout', { timeout: 3 }],
  ] as const)('%s keeps its attributes', async ([type, attributes], context) => {
    const { get, send } = await openLink(name, context);
    for (const stream of ['upstream', 'downstream']) {
      const toxic = { name: `my ${stream}`, type, stream, toxicity: 0.5, attributes };
      expect(await send('POST', path, toxic)).toMatchObject({ status: 200, json: toxic });
      expect(await get(`${path}/my%20${stream}`)).toEqual(toxic);
    }
  });

  test.for(['PATCH', 'POST'])('are changed by %s, which keeps what it leaves out', async (method, context) => {
    const { get, send } = await openLink(name, context);
    await send('POST', path, { type: 'latency', name: 'slow', attributes: { latency: 1, jitter: 2 }, toxicity: 0.5 });
    const slow = { name: 'slow', type: 'latency', stream: 'downstream' };
    const first = { ...slow, attributes: { latency: 1, jitter: 2 }, toxicity: 0.5 };
    for (const nothing of [{}, { attributes: null, toxicity: null }, { attributes: { latency: null } }]) {
      const answer = await send(method, `${path}/slow`, nothing);
      expect(answer).toEqual({ status: 200, type: 'application/json', json: first });
    }
    const second = { ...slow, attributes: { latency: 3, jitter: 2 }, toxicity: 0.5 };
    expect((await send(method, `${path}/slow`, { attributes: { latency: 3 } })).json).toEqual(second);
    const third = { ...second, toxicity: 0 };
    expect((await send(method, `${path}/slow`, { toxicity: 0 })).json).toEqual(third);
    expect(await get(path)).toEqual([cut, third]);
  });
});

describe.each(subjectNames)('%s: populate and reset', (name) => {
  test('populate creates what is new, keeps what is the same, replaces what differs', async (context) => {
    const { proxy, get, send } = await openLink(name, context);
    const { listen } = proxy;
    await send('POST', '/proxies', { name: 'b', listen: '127.0.0.1:0', upstream: nowhere });
    await send('POST', '/proxies/b/toxics', cut);
    const b = await get('/proxies/b');
    const c = { name: 'c', listen: '127.0.0.1:0', upstream: nowhere, enabled: false };
    const wanted = [
      { name: 'link', listen, upstream: nowhere, enabled: false },
      { ...b, upstream: '127.0.0.1:10', toxics: [] },
      c,
    ];
    const answer = await send('POST', '/populate', wanted);
    const proxies = [
      { name: 'link', listen, upstream: nowhere, enabled: true, toxics: [cut] },
      { ...b, upstream: '127.0.0.1:10', toxics: [] },
      { ...c, toxics: [] },
    ];
    expect(answer).toEqual({ status: 201, type: 'application/json', json: { proxies } });
    expect(await get('/proxies')).toEqual(Object.fromEntries(proxies.map((each) => [each.name, each])));
  });

  test('populate stops at a port that is taken, and says what was done before', async (context) => {
    const { url, get, send } = await openLink(name, context);
    const taken = new URL(url).host;
    const [ok, no, never] = ['ok', 'no', 'never'].map((each) => ({
      name: each,
      listen: '127.0.0.1:0',
      upstream: nowhere,
    }));
    const answer = await send('POST', '/populate', [ok, { ...no, listen: taken }, never]);
    expect(answer).toEqual({
      status: 500,
      type: 'application/json',
      json: {
        error: `listen tcp ${taken}: bind: address already in use`,
        status: 500,
        proxies: [{ ...ok, listen: realAddress, enabled: true, toxics: [] }],
      },
    });
    expect(Object.keys(await get('/proxies')).sort()).toEqual(['link', 'ok']);
  });

  test('a reset removes the toxics and enables the proxies', async (context) => {
    const { ask, get, send } = await openLink(name, context);
    await send('POST', '/proxies', { name: 'off', listen: '127.0.0.1:0', upstream: nowhere, enabled: false });
    expect(await ask('POST', '/reset')).toMatchObject({ status: 204, type: '', text: '' });
    const proxies = await get('/proxies');
    expect(proxies).toMatchObject({ link: { enabled: true, toxics: [] }, off: { enabled: true, listen: realAddress } });
    await dial(proxies.off.listen);
  });
});

const bad = 'bad request body: ';
const proxyWith = (fields: object): string => JSON.stringify({ name: 'new', upstream: nowhere, ...fields });
const toxicWith = (fields: object): string => JSON.stringify({ type: 'latency', ...fields });

const wrongProxies = [
  ['POST', '/proxies', '', 400, bad],
  ['POST', '/proxies', '{bad', 400, bad],
  ['POST', '/proxies', '[]', 400, bad],
  ['POST', '/proxies', '"name"', 400, bad],
  ['POST', '/proxies', 'null', 400, 'missing required field: name'],
  ['POST', '/proxies', '{}', 400, 'missing required field: name'],
  ['POST', '/proxies', proxyWith({ name: '' }), 400, 'missing required field: name'],
  ['POST', '/proxies', '{"name":"new"}', 400, 'missing required field: upstream'],
  ['POST', '/proxies', proxyWith({ upstream: null }), 400, 'missing required field: upstream'],
  ['POST', '/proxies', proxyWith({ name: 3 }), 400, bad],
  ['POST', '/proxies', proxyWith({ upstream: 3 }), 400, bad],
  ['POST', '/proxies', proxyWith({ listen: 3 }), 400, bad],
  ['POST', '/proxies', proxyWith({ enabled: 'yes' }), 400, bad],
  ['POST', '/proxies', proxyWith({ enabled: 1 }), 400, bad],
  ['POST', '/proxies', proxyWith({ name: 'link' }), 409, 'proxy already exists'],
  ['GET', '/proxies/none', undefined, 404, 'proxy not found'],
  ['PATCH', '/proxies/none', '{}', 404, 'proxy not found'],
  ['POST', '/proxies/none', '{bad', 404, 'proxy not found'],
  ['DELETE', '/proxies/none', undefined, 404, 'proxy not found'],
  ['PATCH', '/proxies/link', '', 400, bad],
  ['PATCH', '/proxies/link', '{bad', 400, bad],
  ['POST', '/proxies/link', '[]', 400, bad],
  ['PATCH', '/proxies/link', '{"enabled":"yes"}', 400, bad],
  ['PATCH', '/proxies/link', '{"upstream":3}', 400, bad],
] as const;

const wrongToxics = [
  ['GET', '/proxies/none/toxics', undefined, 404, 'proxy not found'],
  ['POST', '/proxies/none/toxics', '{bad', 404, 'proxy not found'],
  ['GET', '/proxies/none/toxics/cut', undefined, 404, 'proxy not found'],
  ['PATCH', '/proxies/none/toxics/cut', '{}', 404, 'proxy not found'],
  ['POST', '/proxies/none/toxics/cut', '{}', 404, 'proxy not found'],
  ['DELETE', '/proxies/none/toxics/cut', undefined, 404, 'proxy not found'],
  ['POST', '/proxies/link/toxics', '', 400, bad],
  ['POST', '/proxies/link/toxics', '{bad', 400, bad],
  ['POST', '/proxies/link/toxics', '[]', 400, bad],
  ['POST', '/proxies/link/toxics', 'null', 400, 'invalid toxic type'],
  ['POST', '/proxies/link/toxics', '{}', 400, 'invalid toxic type'],
  ['POST', '/proxies/link/toxics', '{"type":"down"}', 400, 'invalid toxic type'],
  ['POST', '/proxies/link/toxics', '{"type":"Latency"}', 400, 'invalid toxic type'],
  ['POST', '/proxies/link/toxics', '{"type":"down","name":"cut"}', 400, 'invalid toxic type'],
  ['POST', '/proxies/link/toxics', toxicWith({ type: 3 }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ name: 3 }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ toxicity: '1' }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ toxicity: true }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ stream: 3 }), 400, bad],
  [
    'POST',
    '/proxies/link/toxics',
    toxicWith({ stream: '' }),
    400,
    'stream was invalid, can be either upstream or downstream',
  ],
  [
    'POST',
    '/proxies/link/toxics',
    '{"type":"down","stream":"up"}',
    400,
    'stream was invalid, can be either upstream or downstream',
  ],
  ['POST', '/proxies/link/toxics', toxicWith({ attributes: 5 }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ attributes: [] }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ attributes: { latency: '1' } }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ attributes: { latency: 1.5 } }), 400, bad],
  ['POST', '/proxies/link/toxics', toxicWith({ attributes: { jitter: true } }), 400, bad],
  ['POST', '/proxies/link/toxics', '{"type":"noop","name":"cut"}', 409, 'toxic already exists'],
  [
    'POST',
    '/proxies/link/toxics',
    toxicWith({ name: 'cut', attributes: { latency: '1' } }),
    409,
    'toxic already exists',
  ],
  ['GET', '/proxies/link/toxics/none', undefined, 404, 'toxic not found'],
  ['PATCH', '/proxies/link/toxics/none', '{bad', 404, 'toxic not found'],
  ['POST', '/proxies/link/toxics/none', '{}', 404, 'toxic not found'],
  ['DELETE', '/proxies/link/toxics/none', undefined, 404, 'toxic not found'],
  ['PATCH', '/proxies/link/toxics/cut', '', 400, bad],
  ['PATCH', '/proxies/link/toxics/cut', '{bad', 400, bad],
  ['POST', '/proxies/link/toxics/cut', '[]', 400, bad],
  ['PATCH', '/proxies/link/toxics/cut', '{"attributes":5}', 400, bad],
  ['PATCH', '/proxies/link/toxics/cut', '{"attributes":{"timeout":"1"}}', 400, bad],
  ['PATCH', '/proxies/link/toxics/cut', '{"toxicity":"1"}', 400, bad],
] as const;

const wrongLists = [
  ['', bad],
  ['{bad', bad],
  ['{}', bad],
  ['[3]', bad],
  ['[null]', 'missing required field: name at proxy 1'],
  [`[{"upstream":"${nowhere}"}]`, 'missing required field: name at proxy 1'],
  [`[${proxyWith({})},{"name":"a"}]`, 'missing required field: upstream at proxy 2'],
  [`[${proxyWith({ enabled: 'yes' })}]`, bad],
] as const;

describe.each(subjectNames)('%s: a wrong request changes nothing', (name) => {
  test.for([...wrongProxies, ...wrongToxics])('%s %s %s gets %i', async (row, context) => {
    const [method, path, body, status, error] = row;
    const { ask, get } = await openLink(name, context);
    const before = await get('/proxies');
    const answer = await ask(method, path, body);
    expect(answer).toMatchObject({ status, type: 'text/plain; charset=utf-8' });
    const json = jsonOf(answer);
    expect(json).toEqual({ error: expect.any(String), status });
    expectError(name, error, json.error);
    expect(await get('/proxies')).toEqual(before);
  });

  test.for(wrongLists)('POST /populate %s gets 400, as JSON', async ([body, error], context) => {
    const { ask, get } = await openLink(name, context);
    const before = await get('/proxies');
    const answer = await ask('POST', '/populate', body);
    expect(answer).toMatchObject({ status: 400, type: 'application/json' });
    const { proxies, ...json } = jsonOf(answer);
    expect(json).toEqual({ error: expect.any(String), status: 400 });
    expect(proxies ?? []).toEqual([]);
    expectError(name, error, json.error);
    expect(await get('/proxies')).toEqual(before);
  });

  test.for([
    ['GET', '/', 404],
    ['GET', '/proxies/', 404],
    ['GET', '/proxies/link/toxic', 404],
    ['GET', '/proxies/link/toxics/', 404],
    ['GET', '/proxies/link/toxics/cut/more', 404],
    ['GET', '/proxies/a%2Fb', 404],
    ['GET', '/toxics', 404],
    ['GET', '/metrics', 404],
    ['GET', '/proxies/%zz', 400],
    ['HEAD', '/proxies', 405],
    ['DELETE', '/proxies', 405],
    ['PUT', '/proxies/link', 405],
    ['DELETE', '/proxies/link/toxics', 405],
    ['PUT', '/proxies/link/toxics/cut', 405],
    ['GET', '/populate', 405],
    ['GET', '/reset', 405],
    ['POST', '/version', 405],
  ] as const)('%s %s gets %i, from a browser as well', async ([method, path, status], context) => {
    const { ask } = await openLink(name, context);
    expect(await ask(method, path)).toMatchObject({ status });
    expect(await ask(method, path, undefined, { 'user-agent': 'Mozilla/5.0' })).toMatchObject({ status });
  });

  test.for([
    ['GET', '/version'],
    ['DELETE', '/proxies/link'],
    ['GET', '/proxies/none'],
  ] as const)('%s %s from a browser gets 403', async ([method, path], context) => {
    const { ask, get } = await openLink(name, context);
    const before = await get('/proxies');
    expect(await ask(method, path, undefined, { 'user-agent': 'Mozilla/5.0' })).toMatchObject({
      status: 403,
      type: 'text/plain; charset=utf-8',
      text: 'User agent not allowed\n',
    });
    expect(await get('/proxies')).toEqual(before);
  });
});

describe.each(subjectNames)('%s: toxiproxy-node-client', (name) => {
  test('drives proxies', async (context) => {
    const { client, proxy } = await openLink(name, context);
    const [{ listen }, upstream] = [proxy, '127.0.0.1:10'];
    expect(proxy.toJson()).toEqual({ name: 'link', listen: realAddress, upstream: nowhere, enabled: true });
    const other = { name: 'other', listen: '127.0.0.1:0', upstream, enabled: false };
    expect(Object.keys(await client.populate([other, { name: 'link', listen, upstream: nowhere }]))).toEqual([
      'other',
      'link',
    ]);
    expect(Object.keys(await client.getAll()).sort()).toEqual(['link', 'other']);
    const changed = await proxy.update({ listen, upstream, enabled: false });
    expect(changed.toJson()).toEqual({ name: 'link', listen, upstream, enabled: false });
    expect((await client.get('link')).toJson()).toEqual(changed.toJson());
    await client.reset();
    expect(await client.get('link')).toMatchObject({ listen, upstream, enabled: true });
    expect(await client.get('other')).toMatchObject({ listen: realAddress, enabled: true });
    await proxy.remove();
    await expect(client.get('link')).rejects.toThrow('404');
    await expect(client.createProxy({ ...other })).rejects.toThrow('409');
    expect(JSON.parse(await client.getVersion()).version).toMatch(/^2\.12\.0(\+topple)?$/);
  });

  test('drives toxics', async (context) => {
    const { proxy } = await openLink(name, context);
    const body = toxicOf('latency', 'upstream', { latency: 1, jitter: 2 }, 0.5);
    const toxic = await proxy.addToxic(body);
    expect(toxic.toJson()).toEqual(body);
    expect((await proxy.getToxic('latency')).toJson()).toEqual(body);
    const updated = await toxic.update({ ...body, attributes: { latency: 3, jitter: 0 } });
    expect(updated.attributes).toEqual({ latency: 3, jitter: 0 });
    expect((await proxy.getToxic('latency')).attributes).toEqual({ latency: 3, jitter: 0 });
    await toxic.remove();
    await expect(proxy.getToxic('latency')).rejects.toThrow('404');
    await expect(proxy.addToxic({ ...body, name: 'cut' })).rejects.toThrow('409');
  });
});

test.for(subjectNames)('%s: many at once for the same name make one proxy', async (name, context) => {
  const { ask } = await openSubject(name, context);
  const create = proxyWith({ listen: 'localhost:0' }); // the name has to be looked up, which takes a while
  const eightTimes = (request: () => Promise<Answer>): Promise<Answer[]> =>
    Promise.all(Array.from({ length: 8 }, request));
  await eightTimes(() => ask('GET', '/version')); // opens the connections, so that the next ones overlap
  const answers = await eightTimes(() => ask('POST', '/proxies', create));
  expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
});
