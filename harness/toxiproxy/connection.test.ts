import { describe, expect, test } from 'vitest';
import { type Clock, preciseClock } from '../clock.ts';
import { startLink, startServer, toxicOf, until } from './test-link.ts';

describe('a connection without toxics', () => {
  test('carries every byte both ways, in order, whatever the sizes', async () => {
    const { near, far } = await startLink();
    const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, index) => index % 251));
    for (let from = 0; from < sent.length; from += 70_001) near.socket.write(sent.subarray(from, from + 70_001));
    far.socket.write('answer');
    await until(() => near.text() === 'answer');
    await until(() => Buffer.concat(far.chunks).length === sent.length);
    expect(Buffer.concat(far.chunks).equals(sent)).toBe(true);
  });
});

describe('back-pressure', () => {
  const megabyte = Buffer.alloc(1024 * 1024);

  test.each([
    { when: 'without toxics', toxics: [] },
    { when: 'with a slow link', toxics: [toxicOf('bandwidth', 'upstream', { rate: 1 })] },
    { when: 'with a long delay', toxics: [toxicOf('latency', 'upstream', { latency: 600_000, jitter: 0 })] },
    {
      when: 'with slices far apart',
      toxics: [toxicOf('slicer', 'upstream', { average_size: 1000, delay: 60_000_000 })],
    },
    { when: 'with a reset to come', toxics: [toxicOf('reset_peer', 'upstream', { timeout: 600_000 })] },
  ])('reaches the sender $when', async ({ toxics }) => {
    const { near, far, proxy } = await startLink();
    for (const toxic of toxics) await proxy.addToxic<object>(toxic);
    far.socket.pause();
    const boundMegabytes = 64;
    for (let sent = 0; sent < boundMegabytes; sent += 1) near.socket.write(megabyte);
    // Reading from the sender stops when its own buffer no longer shrinks.
    let [left, turnsUnchanged] = [near.socket.writableLength, 0];
    await until(() => {
      turnsUnchanged = near.socket.writableLength === left ? turnsUnchanged + 1 : 0;
      left = near.socket.writableLength;
      return turnsUnchanged > 2000;
    });
    expect(left).toBeGreaterThan(16 * 1024 * 1024);
  });

  test('lets everything through once the receiver reads again', async () => {
    const { near, far } = await startLink();
    far.socket.pause();
    for (let sent = 0; sent < 16; sent += 1) near.socket.write(megabyte);
    near.socket.end();
    far.socket.resume();
    await until(() => far.state() === 'fin');
    expect(Buffer.concat(far.chunks).length).toBe(16 * megabyte.length);
  });
});

/** Real time, and how many timers wait on it. */
const countingClock = (): Clock & { pending(): number } => {
  const pending = new Set<object>();
  return {
    ...preciseClock,
    pending: () => pending.size,
    after: (delayMs, run) => {
      const timer = {};
      pending.add(timer);
      const cancel = preciseClock.after(delayMs, () => {
        pending.delete(timer);
        run();
      });
      return () => {
        pending.delete(timer);
        cancel();
      };
    },
  };
};

describe('nothing stays open', () => {
  const openHandles = (): string[] => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));

  test('after close, whatever the connections were doing', async () => {
    const before = openHandles();
    const clock = countingClock();
    const { server, upstream, near, far, proxy, join } = await startLink({ clock });
    await proxy.addToxic(toxicOf('timeout', 'downstream', { timeout: 600_000 }));
    await proxy.addToxic(toxicOf('latency', 'upstream', { latency: 600_000, jitter: 0 }));
    const second = await join();
    near.socket.write('held');
    await until(() => server.hits().some(({ bytes }) => bytes > 0));
    expect(clock.pending()).toBe(3);
    await server.close();
    await until(() => near.state() !== 'open' && second.far.state() !== 'open');
    expect(clock.pending()).toBe(0);
    far.socket.destroy();
    upstream.close();
    await until(() => openHandles().length <= before.length);
  });

  test('of what is held for a client that is gone', async () => {
    const clock = countingClock();
    const { server, near, far, proxy } = await startLink({ clock });
    await proxy.addToxic(toxicOf('latency', 'downstream', { latency: 600_000, jitter: 0 }));
    far.socket.write('held');
    await until(() => server.hits().some(({ bytes }) => bytes > 0));
    near.socket.resetAndDestroy();
    await until(() => far.state() === 'rst');
    expect(clock.pending()).toBe(0);
  });

  test.each(['near', 'far'] as const)('of a connection whose %s end goes away', async (side) => {
    const { join } = await startLink();
    const before = openHandles().length;
    const pairs = [];
    for (let count = 0; count < 20; count += 1) pairs.push(await join());
    for (const pair of pairs) pair[side].socket.destroy();
    for (const pair of pairs) pair[side === 'near' ? 'far' : 'near'].socket.end();
    await until(() => openHandles().length <= before);
  });

  test('of a proxy that is deleted; its port is free again', async () => {
    const { client } = await startServer();
    const proxy = await client.createProxy({ name: 'a', listen: '127.0.0.1:0', upstream: '127.0.0.1:9' });
    await proxy.remove();
    const again = await client.createProxy({ name: 'b', listen: proxy.listen, upstream: '127.0.0.1:9' });
    expect(again.listen).toBe(proxy.listen);
  });
});
