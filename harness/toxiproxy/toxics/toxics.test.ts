/** What each toxic does to the bytes and the close of a connection, on a clock that the test moves. */
import { describe, expect, test } from 'vitest';
import { steppedClock } from '../../clock.ts';
import { advanceUntil, type Peer, startLink, toxicOf, turn, until } from '../test-link.ts';

const directions = ['upstream', 'downstream'] as const;

/** A link whose `from` sends in `stream` and whose `to` receives. */
const startStream = async (stream: (typeof directions)[number], seed = 'test') => {
  const clock = steppedClock(0);
  const link = await startLink({ clock, seed });
  const ends = ({ near, far }: { near: Peer; far: Peer }) =>
    stream === 'upstream' ? { from: near, to: far } : { from: far, to: near };
  return { ...link, clock, ...ends(link), joinStream: async () => ends(await link.join()) };
};

const hitsOf = (server: { hits(): readonly object[] }): object | undefined => server.hits()[0];

describe.each(directions)('%s', (stream) => {
  test('latency: each chunk arrives late, counted from its own sending, and in order', async () => {
    const { server, proxy, clock, from, to } = await startStream(stream);
    await proxy.addToxic(toxicOf('latency', stream, { latency: 500, jitter: 0 }));
    from.socket.write('one ');
    await until(() => server.hits()[0]?.bytes === 4);
    clock.advance(400);
    from.socket.end('two');
    await until(() => server.hits()[0]?.bytes === 7);
    expect(await advanceUntil(clock, 10, () => to.text() === 'one ')).toBeGreaterThanOrEqual(500);
    expect(await advanceUntil(clock, 10, () => to.text() === 'one two')).toBeGreaterThanOrEqual(900);
    // Had the second delay begun after the first, it would have ended at 1000.
    expect(clock.nowMs()).toBeLessThan(1000);
    await until(() => to.state() === 'fin');
  });

  test('bandwidth: bytes arrive no faster than the rate', async () => {
    const { proxy, clock, from, to, server } = await startStream(stream);
    await proxy.addToxic(toxicOf('bandwidth', stream, { rate: 10 }));
    from.socket.write(Buffer.alloc(10_000));
    const received = (): number => Buffer.concat(to.chunks).length;
    expect(await advanceUntil(clock, 10, () => received() > 0)).toBeGreaterThanOrEqual(100);
    expect(received()).toBeLessThan(10_000);
    expect(await advanceUntil(clock, 10, () => received() === 10_000)).toBeGreaterThanOrEqual(1000);
    expect(hitsOf(server)).toMatchObject({ connections: 1, bytes: 10_000 });
  });

  test('slicer: a chunk arrives in slices within the variation, spread over time', async () => {
    const { proxy, clock, from, to, server } = await startStream(stream);
    const text = 'abcdefghij'.repeat(30);
    await proxy.addToxic(toxicOf('slicer', stream, { average_size: 30, size_variation: 10, delay: 50_000 }));
    from.socket.write(text);
    const endMs = await advanceUntil(clock, 50, () => to.text() === text);
    const sizes = to.chunks.map((chunk) => chunk.length);
    for (const size of sizes.slice(0, -1)) expect(size).toSatisfy((bytes: number) => bytes >= 20 && bytes <= 40);
    expect(new Set(sizes).size).toBeGreaterThan(1);
    expect(endMs).toBeGreaterThanOrEqual((sizes.length - 1) * 50);
    expect(hitsOf(server)).toMatchObject({ connections: 1, bytes: text.length });
  });

  test('limit_data: so many bytes arrive, then the connection closes; an update keeps the count', async () => {
    const { proxy, from, to, server } = await startStream(stream);
    const toxic = await proxy.addToxic(toxicOf('limit_data', stream, { bytes: 5 }));
    from.socket.write('abcd');
    await until(() => to.text() === 'abcd');
    expect(hitsOf(server)).toMatchObject({ connections: 0, bytes: 0 });
    await toxic.update({ ...toxic.toJson(), attributes: { bytes: 6 } });
    from.socket.write('efgh');
    await until(() => to.state() === 'fin');
    expect(to.text()).toBe('abcdef');
    await until(() => from.state() !== 'open');
    expect(hitsOf(server)).toMatchObject({ connections: 1, bytes: 2 });
  });

  test('timeout: bytes vanish and the connection closes when it is over', async () => {
    const { proxy, clock, from, to, server } = await startStream(stream);
    await proxy.addToxic(toxicOf('timeout', stream, { timeout: 500 }));
    from.socket.write('lost');
    await until(() => server.hits()[0]?.bytes === 4);
    expect(await advanceUntil(clock, 10, () => to.state() === 'fin')).toBeGreaterThanOrEqual(500);
    expect(to.text()).toBe('');
    await until(() => from.state() !== 'open');
    expect(hitsOf(server)).toMatchObject({ connections: 1, bytes: 4 });
  });

  test('timeout 0: a black hole until it is removed, which closes the connection', async () => {
    const { proxy, clock, from, to, server } = await startStream(stream);
    const toxic = await proxy.addToxic(toxicOf('timeout', stream, { timeout: 0 }));
    from.socket.write('lost');
    await until(() => server.hits()[0]?.bytes === 4);
    clock.advance(1_000_000);
    await turn();
    expect(to.state()).toBe('open');
    await toxic.remove();
    await until(() => to.state() === 'fin');
    expect(to.text()).toBe('');
  });

  test('slow_close: bytes pass at once, the close comes late', async () => {
    const { proxy, clock, from, to, server } = await startStream(stream);
    await proxy.addToxic(toxicOf('slow_close', stream, { delay: 500 }));
    from.socket.end('data');
    await until(() => to.text() === 'data');
    await until(() => server.hits()[0]?.connections === 1);
    expect(await advanceUntil(clock, 10, () => to.state() === 'fin')).toBeGreaterThanOrEqual(500);
  });

  test.each([0, 500])(
    'reset_peer: both peers are reset %i ms after the first byte, on old connections too',
    async (ms) => {
      const { proxy, clock, from, to, server, joinStream } = await startStream(stream);
      await proxy.addToxic(toxicOf('reset_peer', stream, { timeout: ms }));
      const young = await joinStream();
      from.socket.write('never');
      young.from.socket.end('seen');
      const states = (): string[] => [from, to, young.from, young.to].map((peer) => peer.state());
      const endMs = await advanceUntil(clock, 10, () => states().every((state) => state === 'rst'));
      expect(endMs).toBeGreaterThanOrEqual(ms);
      expect([to.text(), young.to.text()]).toEqual(['', '']);
      expect(hitsOf(server)).toMatchObject({ connections: 2, bytes: 9 });
    },
  );

  test('noop: changes nothing and counts', async () => {
    const { proxy, from, to, server } = await startStream(stream);
    await proxy.addToxic(toxicOf('noop', stream, {}));
    from.socket.end('data');
    await until(() => to.state() === 'fin');
    expect(to.text()).toBe('data');
    expect(hitsOf(server)).toMatchObject({ connections: 1, bytes: 4 });
  });
});

describe('timeout and the two closes', () => {
  test('downstream, the close of the upstream is swallowed as its bytes are', async () => {
    const { proxy, clock, from, to, server } = await startStream('downstream');
    await proxy.addToxic(toxicOf('timeout', 'downstream', { timeout: 500 }));
    from.socket.end('answer');
    await until(() => server.hits()[0]?.bytes === 6);
    expect(await advanceUntil(clock, 10, () => to.state() !== 'open')).toBeGreaterThanOrEqual(500);
  });

  test.each(directions)('%s, a client that gives up is let go', async (stream) => {
    const { proxy, near, far } = await startStream(stream);
    await proxy.addToxic(toxicOf('timeout', stream, { timeout: 0 }));
    near.socket.end('request');
    await until(() => far.state() === 'fin');
    far.socket.end('answer');
    await until(() => near.state() === 'fin');
  });
});
