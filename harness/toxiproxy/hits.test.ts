/** What the built-in server knows and Toxiproxy does not: what each toxic touched, and chance that can be repeated. */
import { describe, expect, test } from 'vitest';
import { steppedClock } from '../clock.ts';
import { advanceUntil, startLink, toxicOf, until } from './test-link.ts';

describe.each(['upstream', 'downstream'] as const)('hits, %s', (stream) => {
  const start = async () => {
    const link = await startLink({ clock: steppedClock(0) });
    const [from, to] = stream === 'upstream' ? [link.near, link.far] : [link.far, link.near];
    return { ...link, from, to, hits: () => link.server.hits()[0] };
  };

  test.each([
    ['bandwidth', { rate: 1 }, { connections: 1, bytes: 4 }],
    ['latency', { latency: 500, jitter: 0 }, { connections: 1, bytes: 4 }],
    ['limit_data', { bytes: 1 }, { connections: 1, bytes: 3 }],
    ['limit_data', { bytes: 4 }, { connections: 1, bytes: 0 }],
    ['noop', {}, { connections: 1, bytes: 4 }],
    ['reset_peer', { timeout: 0 }, { connections: 1, bytes: 4 }],
    ['slicer', { average_size: 2, size_variation: 0, delay: 0 }, { connections: 1, bytes: 4 }],
    ['slow_close', { delay: 500 }, { connections: 1, bytes: 0 }],
    ['timeout', { timeout: 0 }, { connections: 1, bytes: 4 }],
  ])('%s %j of 4 bytes and the close: %j', async (type, attributes, expected) => {
    const { proxy, from, hits } = await start();
    await proxy.addToxic<object>(toxicOf<object>(type, stream, attributes));
    expect(hits()).toEqual({ proxy: 'link', toxic: type, type, stream, connections: 0, bytes: 0 });
    from.socket.end('data');
    await until(() => hits()?.connections === 1);
    expect(hits()).toMatchObject(expected);
  });

  test.each([
    ['latency', { latency: 0, jitter: 0 }],
    ['limit_data', { bytes: 5 }],
    ['slicer', { average_size: 4, size_variation: 0, delay: 0 }],
    ['slow_close', { delay: 0 }],
  ])('%s %j touches none of 4 bytes', async (type, attributes) => {
    const { proxy, from, to, hits } = await start();
    await proxy.addToxic<object>(toxicOf<object>(type, stream, attributes));
    from.socket.end('data');
    await until(() => to.state() === 'fin');
    expect(to.text()).toBe('data');
    expect(hits()).toMatchObject({ connections: 0, bytes: 0 });
  });
});

test('hits outlive the toxic and its proxy, and a connection counts once', async () => {
  const { server, proxy, near } = await startLink({ clock: steppedClock(0) });
  const body = toxicOf('latency', 'upstream', { latency: 600_000, jitter: 0 });
  const toxic = await proxy.addToxic(body);
  near.socket.write('ab');
  await until(() => server.hits()[0]?.bytes === 2);
  await toxic.remove();
  const hit = { proxy: 'link', toxic: 'latency', type: 'latency', stream: 'upstream', connections: 1, bytes: 2 };
  expect(server.hits()).toEqual([hit]);
  await proxy.addToxic(body);
  near.socket.write('c');
  await until(() => server.hits()[0]?.bytes === 3);
  await proxy.remove();
  expect(server.hits()).toEqual([{ ...hit, bytes: 3 }]);
});

test('in a chain each toxic counts what reached it', async () => {
  const { server, proxy, near } = await startLink({ clock: steppedClock(0) });
  await proxy.addToxic(toxicOf('limit_data', 'upstream', { bytes: 5 }));
  await proxy.addToxic(toxicOf('latency', 'upstream', { latency: 500, jitter: 0 }));
  near.socket.write('abcdefgh');
  await until(() => server.hits()[1]?.bytes === 5);
  expect(server.hits()).toMatchObject([{ bytes: 3 }, { bytes: 5 }]);
});

test('a delay may be longer than a timer can be', async () => {
  const delaysMs: number[] = [];
  const after = (delayMs: number): (() => void) => {
    delaysMs.push(delayMs);
    return () => {};
  };
  const { proxy } = await startLink({ clock: { ...steppedClock(0), after } });
  await proxy.addToxic(toxicOf('timeout', 'upstream', { timeout: 1e12 }));
  expect(delaysMs).toEqual([2 ** 31 - 1]);
});

test.each([
  ['latency', { latency: 50, jitter: 50 }],
  ['slicer', { average_size: 50, size_variation: 49, delay: 1000 }],
])('%s draws the same for the same seed, and something else for another', async (type, attributes) => {
  const drawn = async (seed: string): Promise<unknown> => {
    const clock = steppedClock(0);
    const { proxy, near, far } = await startLink({ seed, clock });
    await proxy.addToxic<object>(toxicOf<object>(type, 'upstream', attributes));
    near.socket.write('x'.repeat(1000));
    const endMs = await advanceUntil(clock, 1, () => far.text().length === 1000);
    return { endMs, sizes: far.chunks.map((chunk) => chunk.length) };
  };
  const first = await drawn('one');
  expect(await drawn('one')).toEqual(first);
  expect(await drawn('two')).not.toEqual(first);
});

test('a raised toxicity frees no connection that was hit', async () => {
  const { server, proxy, near, far } = await startLink();
  const toxic = await proxy.addToxic(toxicOf('noop', 'upstream', {}, 0));
  const bytesAfter = async (toxicity: number, sent: string): Promise<number | undefined> => {
    await toxic.update({ ...toxic.toJson(), toxicity });
    const before = far.text();
    near.socket.write(sent);
    await until(() => far.text() === before + sent);
    return server.hits()[0]?.bytes;
  };
  const hit: number[] = [];
  let bytes = 0;
  for (const toxicity of [0, 0.25, 0.5, 0.75, 1]) {
    const now = (await bytesAfter(toxicity, 'x')) ?? 0;
    hit.push(now - bytes);
    bytes = now;
  }
  expect(hit).toEqual([...hit].sort());
  expect([hit[0], hit[4]]).toEqual([0, 1]);
});
