import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../clock.ts';
import { randomFrom } from '../../seed.ts';
import { startToxiproxy, type ToxiproxyServer } from '../../toxiproxy/server.ts';
import { createLinks } from './links.ts';

const slow = { type: 'latency', stream: 'downstream', attributes: { latency: 1, jitter: 0 } } as const;

const proxyServer = async (): Promise<ToxiproxyServer> => {
  const server = await startToxiproxy({ random: randomFrom(1), clock: systemClock });
  onTestFinished(() => server.close());
  return server;
};

const helloServer = async (): Promise<string> => {
  const server = createServer((_request, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test('a reserved link listens where it will, and refuses until it is connected', async () => {
  const upstream = await helloServer();
  const links = createLinks(await proxyServer());
  const address = await links.reserve('a-b');
  await expect(fetch(`http://${address}/`)).rejects.toThrow();
  await links.connect('a-b', upstream);
  expect(await (await fetch(`http://${address}/`)).text()).toBe('hello');
  expect(links.names).toEqual(['a-b']);
});

test('a toxic on an unknown link is refused with the links that exist', async () => {
  const links = createLinks(await proxyServer());
  await links.reserve('a-b');
  const add = links.addToxic('a-c', 'slow', slow);
  await expect(add).rejects.toMatchObject({ code: 'unknown-name', why: 'Known: a-b.' });
});

test('toxics are gone after their removal; a server that keeps one is not believed', async () => {
  const server = await proxyServer();
  const links = createLinks(server);
  await links.reserve('a-b');
  await links.addToxic('a-b', 'slow', slow);
  await links.removeToxics();
  const foreign = { name: 'kept', type: 'latency', attributes: { latency: 1 } };
  await fetch(`${server.url}/proxies/a-b/toxics`, { method: 'POST', body: JSON.stringify(foreign) });
  await expect(links.removeToxics()).rejects.toMatchObject({ code: 'toxics-left', exitCode: 5 });
});

test('a toxic acts on what an alias stands for, and its hits are told under the name that was asked for', async () => {
  const links = createLinks(await proxyServer(), { 'first-b': 'a-b', 'second-b': 'a-b', 'c-b': 'a-b' });
  const address = await links.open('a-b', await helloServer());
  await links.open('c-b', await helloServer());
  for (const [index, name] of ['first-b', 'second-b', 'a-b', 'c-b'].entries()) {
    await links.addToxic(name, `slow-${index}`, slow);
  }
  await (await fetch(`http://${address}/`)).text();
  const hits = links.hits().map(({ link, toxic, connections }) => ({ link, toxic, connections }));
  expect(hits).toEqual([
    { link: 'first-b', toxic: 'slow-0', connections: 1 },
    { link: 'second-b', toxic: 'slow-1', connections: 1 },
    { link: 'a-b', toxic: 'slow-2', connections: 1 },
    { link: 'c-b', toxic: 'slow-3', connections: 0 }, // a link's own name goes before an alias
  ]);
  expect(links.names).toEqual(['a-b', 'c-b']);
  const add = links.addToxic('d-b', 'slow', slow);
  await expect(add).rejects.toMatchObject({ why: expect.stringMatching(/^Known: a-b, c-b, first-b, second-b/) });
  await links.removeToxics();
});
