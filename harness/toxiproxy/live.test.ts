/** Toxics that come, change and go on live connections; chance; the evidence that stays. */
import { describe, expect, test } from 'vitest';
import { steppedClock } from '../clock.ts';
import { advanceUntil, dial, startLink, startServer, toxicOf, until } from './test-link.ts';

describe('a toxic on a live connection', () => {
  test('acts from the next byte on, changes at once, and leaves without a trace but its hits', async () => {
    const { server, proxy, near, far } = await startLink({ clock: steppedClock(0) });
    near.socket.write('a');
    await until(() => far.text() === 'a');
    const toxic = await proxy.addToxic(toxicOf('latency', 'upstream', { latency: 600_000, jitter: 0 }));
    near.socket.write('b');
    await until(() => server.hits()[0]?.bytes === 1);
    await toxic.update({ ...toxic.toJson(), attributes: { latency: 300_000, jitter: 0 } });
    await until(() => far.text() === 'ab');
    near.socket.write('c');
    await until(() => server.hits()[0]?.bytes === 2);
    await toxic.remove();
    await until(() => far.text() === 'abc');
    near.socket.write('d');
    await until(() => far.text() === 'abcd');
    const hit = { proxy: 'link', toxic: 'latency', type: 'latency', stream: 'upstream', connections: 1, bytes: 2 };
    expect(server.hits()).toEqual([hit]);
    await proxy.addToxic(toxicOf('latency', 'upstream', { latency: 1, jitter: 0 }));
    near.socket.write('e');
    await until(() => server.hits()[0]?.bytes === 3);
    await proxy.remove();
    expect(server.hits()).toEqual([{ ...hit, bytes: 3 }]);
  });

  test.each([
    { type: 'bandwidth', attributes: { rate: 1 } },
    { type: 'slicer', attributes: { average_size: 10, size_variation: 0, delay: 60_000_000 } },
    { type: 'reset_peer', attributes: { timeout: 60_000 } },
    { type: 'slow_close', attributes: { delay: 60_000 } },
  ])('$type gives back what it holds when it is removed', async ({ type, attributes }) => {
    const { server, proxy, near, far } = await startLink({ clock: steppedClock(0) });
    const toxic = await proxy.addToxic<object>(toxicOf(type, 'upstream', attributes));
    near.socket.end('x'.repeat(1000));
    if (type !== 'reset_peer') await until(() => server.hits()[0]?.connections === 1);
    await toxic.remove();
    await until(() => far.state() === 'fin');
    expect(far.text()).toBe('x'.repeat(1000));
  });

  test('takes delays that are longer than a timer can be', async () => {
    const delaysMs: number[] = [];
    const after = (delayMs: number): (() => void) => {
      delaysMs.push(delayMs);
      return () => {};
    };
    const { proxy } = await startLink({ clock: { ...steppedClock(0), after } });
    await proxy.addToxic(toxicOf('timeout', 'upstream', { timeout: 1e12 }));
    expect(delaysMs).toEqual([2 ** 31 - 1]);
  });

  test('works in a chain, in the order in which it was added', async () => {
    const clock = steppedClock(0);
    const { server, proxy, near, far } = await startLink({ clock });
    await proxy.addToxic(toxicOf('limit_data', 'upstream', { bytes: 4 }));
    await proxy.addToxic(toxicOf('latency', 'upstream', { latency: 500, jitter: 0 }));
    near.socket.write('abcdefgh');
    await until(() => server.hits()[1]?.bytes === 4);
    expect(server.hits()[0]).toMatchObject({ connections: 1, bytes: 4 });
    expect(await advanceUntil(clock, 10, () => far.state() === 'fin')).toBeGreaterThanOrEqual(500);
    expect(far.text()).toBe('abcd');
  });

  test('is in place before the first byte when the proxy is enabled after it was added', async () => {
    const { server, client } = await startServer();
    const { upstream } = await startLink();
    const body = { name: 'late', listen: '127.0.0.1:0', upstream: upstream.address, enabled: false };
    const proxy = await client.createProxy(body);
    expect(proxy.enabled).toBe(false);
    await expect(dial(proxy.listen)).rejects.toThrow('ECONNREFUSED');
    await proxy.addToxic(toxicOf('limit_data', 'upstream', { bytes: 0 }));
    await proxy.update({ enabled: true, listen: proxy.listen, upstream: proxy.upstream });
    const near = await dial(proxy.listen);
    near.socket.write('x');
    await until(() => near.state() !== 'open');
    expect(server.hits()).toMatchObject([{ connections: 1, bytes: 1 }]);
  });
});

describe('chance', () => {
  /** Which of 30 connections, one after the other, a toxic of toxicity 0.5 hits. */
  const fates = async (seed: string): Promise<boolean[]> => {
    const { server, proxy, join } = await startLink({ seed });
    await proxy.addToxic(toxicOf('noop', 'upstream', {}, 0.5));
    const hit: boolean[] = [];
    for (let count = 0; count < 30; count += 1) {
      const before = server.hits()[0]?.connections;
      const { near, far } = await join();
      near.socket.write('x');
      await until(() => far.text() === 'x');
      hit.push(server.hits()[0]?.connections !== before);
    }
    return hit;
  };

  test('is the same for the same seed and another for another seed', async () => {
    const first = await fates('one');
    expect(await fates('one')).toEqual(first);
    expect(await fates('two')).not.toEqual(first);
    expect(new Set(first).size).toBe(2);
  });

  test('cuts the same slices and draws the same jitter for the same seed', async () => {
    const sizes = async (seed: string): Promise<number[]> => {
      const clock = steppedClock(0);
      const { proxy, near, far } = await startLink({ seed, clock });
      await proxy.addToxic(toxicOf('slicer', 'upstream', { average_size: 50, size_variation: 49, delay: 1000 }));
      near.socket.write('x'.repeat(1000));
      await advanceUntil(clock, 1, () => far.text().length === 1000);
      return far.chunks.map((chunk) => chunk.length);
    };
    const first = await sizes('one');
    expect(await sizes('one')).toEqual(first);
    expect(await sizes('two')).not.toEqual(first);
  });

  test('never spares with toxicity 1, never hits with 0, and an update takes effect on live connections', async () => {
    const { server, proxy, near, far } = await startLink();
    const toxic = await proxy.addToxic(toxicOf('noop', 'upstream', {}, 0));
    near.socket.write('a');
    await until(() => far.text() === 'a');
    expect(server.hits()[0]?.bytes).toBe(0);
    await toxic.update({ ...toxic.toJson(), toxicity: 1 });
    near.socket.write('b');
    await until(() => far.text() === 'ab');
    expect(server.hits()[0]?.bytes).toBe(1);
    await toxic.update({ ...toxic.toJson(), toxicity: 0 });
    near.socket.write('c');
    await until(() => far.text() === 'abc');
    expect(server.hits()[0]?.bytes).toBe(1);
  });
});
