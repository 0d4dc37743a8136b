/**
 * What each toxic does to the bytes and the close of a connection. Toxiproxy runs in real time, so a time has a lower
 * bound only; the built-in server runs on a clock that moves as far as it has to.
 */
import { describe, expect, type TestContext, test } from 'vitest';
import { dial, linkOn, type Peer, toxicOf } from '../test-link.ts';
import { openSubject, type SubjectName, subjectNames } from './subject.ts';

const streams = ['upstream', 'downstream'] as const;
type Stream = (typeof streams)[number];

const cases = subjectNames.flatMap((name) => streams.map((stream) => ({ name, stream })));

/** A link whose `from` sends in `stream` and whose `to` receives. */
const openStream = async (name: SubjectName, stream: Stream, context: TestContext) => {
  const subject = await openSubject(name, context);
  const link = await linkOn(subject.client);
  const ends = ({ near, far }: { near: Peer; far: Peer }) =>
    stream === 'upstream' ? { from: near, to: far } : { from: far, to: near };
  const add = (type: string, attributes: object, toxicity = 1) =>
    link.proxy.addToxic<object>(toxicOf<object>(type, stream, attributes, toxicity));
  return {
    ...subject,
    ...link,
    ...ends(link),
    joinStream: async () => ends(await link.join()),
    add,
  };
};

const bytesOf = (peer: Peer): number => Buffer.concat(peer.chunks).length;

describe.each(cases)('$name, $stream: latency', ({ name, stream }) => {
  test('holds each chunk back from its own arrival on, in order', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    await add('latency', { latency: 300, jitter: 0 });
    const startMs = nowMs();
    from.socket.write('one ');
    await pass(() => nowMs() - startMs >= 100);
    const secondMs = nowMs();
    from.socket.end('two');
    await pass(() => to.text().startsWith('one '));
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(300);
    await pass(() => to.text() === 'one two');
    expect(nowMs() - secondMs).toBeGreaterThanOrEqual(300);
    // Had the second delay begun after the first, it would have ended at 600. Only a clock that stands still can tell.
    if (name === 'built-in') expect(nowMs() - startMs).toBeLessThan(500);
    await pass(() => to.state() === 'fin');
  });

  test('varies by its jitter, up and down', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    await add('latency', { latency: 60, jitter: 40 });
    const delaysMs: number[] = [];
    for (let count = 1; count <= 25; count += 1) {
      const startMs = nowMs();
      from.socket.write('x');
      await pass(() => bytesOf(to) === count);
      delaysMs.push(nowMs() - startMs);
    }
    expect(Math.min(...delaysMs)).toBeGreaterThanOrEqual(20);
    expect(Math.max(...delaysMs)).toBeGreaterThan(60); // one in 30 million fails by chance
    if (name === 'built-in') expect(Math.min(...delaysMs)).toBeLessThan(60);
  });

  test('lets the first chunk go when it changes; the others wait as long as it says now', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    await add('slicer', { average_size: 1, size_variation: 0, delay: 0 }); // two chunks, however they are read
    const toxic = await add('latency', { latency: 600_000, jitter: 0 });
    const startMs = nowMs();
    from.socket.write('ab');
    await pass(() => nowMs() - startMs >= 20);
    await toxic.update({ ...toxic.toJson(), attributes: { latency: 300, jitter: 0 } });
    await pass(() => to.text().startsWith('a'));
    if (name === 'built-in') expect(nowMs() - startMs).toBeLessThan(100);
    await pass(() => to.text() === 'ab');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(300);
  });

  test('lets everything go when it is removed', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    const toxic = await add('latency', { latency: 600_000, jitter: 0 });
    from.socket.write('a');
    from.socket.end('b');
    await toxic.remove();
    await wait(() => to.state() === 'fin');
    expect(to.text()).toBe('ab');
  });
});

describe.each(cases)('$name, $stream: bandwidth', ({ name, stream }) => {
  test('lets bytes through no faster than its rate, and in pieces', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    await add('bandwidth', { rate: 10 });
    const startMs = nowMs();
    from.socket.write(Buffer.alloc(5000));
    await pass(() => bytesOf(to) > 0);
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(100);
    if (name === 'built-in') expect(bytesOf(to)).toBe(1000);
    await pass(() => bytesOf(to) === 5000);
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(500);
  });

  test.for(['changes', 'is removed'])('lets go what it holds when it %s', async (how, context) => {
    const { add, from, to, pass, wait } = await openStream(name, stream, context);
    const toxic = await add('bandwidth', { rate: 1 });
    from.socket.end('x'.repeat(50_000));
    await pass(() => bytesOf(to) > 0);
    await (how === 'changes' ? toxic.update({ ...toxic.toJson(), attributes: { rate: 1_000_000 } }) : toxic.remove());
    await (how === 'changes' ? pass : wait)(() => to.state() === 'fin');
    expect(to.text()).toBe('x'.repeat(50_000));
  });
});

describe.each(cases)('$name, $stream: slicer', ({ name, stream }) => {
  const text = 'abcdefghij'.repeat(100);

  test('halves a chunk until each slice is small enough, and sends them apart, the close as well', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    await add('slicer', { average_size: 100, size_variation: 0, delay: 20_000 });
    const startMs = nowMs();
    from.socket.end(text);
    await pass(() => to.text() === text);
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(15 * 20); // 16 slices of 62 or 63 bytes, not 10 of 100
    await pass(() => to.state() === 'fin');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(16 * 20);
    if (name === 'built-in') {
      expect(to.chunks.map(({ length }) => length)).toEqual(Array.from({ length: 16 }, (_, index) => 62 + (index % 2)));
    }
  });

  test('varies the size of the slices, and keeps the order', async (context) => {
    const { add, from, to, pass } = await openStream(name, stream, context);
    await add('slicer', { average_size: 30, size_variation: 20, delay: 1000 });
    from.socket.end(text);
    await pass(() => to.state() === 'fin');
    expect(to.text()).toBe(text);
    if (name === 'built-in') {
      const sizes = to.chunks.map(({ length }) => length);
      expect(Math.max(...sizes)).toBeLessThanOrEqual(50);
      expect(new Set(sizes).size).toBeGreaterThan(3);
    }
  });

  test('lets go what it holds when it is removed', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    const toxic = await add('slicer', { average_size: 10, size_variation: 0, delay: 60_000_000 });
    from.socket.end(text);
    await wait(() => bytesOf(to) > 0);
    await toxic.remove();
    await wait(() => to.state() === 'fin');
    expect(to.text()).toBe(text);
  });
});

describe.each(cases)('$name, $stream: limit_data', ({ name, stream }) => {
  test('closes both sides after so many bytes; a change keeps the count', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    const toxic = await add('limit_data', { bytes: 5 });
    from.socket.write('abcd');
    await wait(() => to.text() === 'abcd');
    await toxic.update({ ...toxic.toJson(), attributes: { bytes: 6 } });
    from.socket.write('efgh');
    await wait(() => to.state() === 'fin' && from.state() !== 'open');
    expect(to.text()).toBe('abcdef');
  });

  test.for([
    { bytes: 0, sent: 'a', arrives: '' },
    { bytes: 3, sent: 'abc', arrives: 'abc' },
    { bytes: 3, sent: 'abcd', arrives: 'abc' },
  ])('of $bytes lets "$arrives" of "$sent" through', async ({ bytes, sent, arrives }, context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    await add('limit_data', { bytes });
    from.socket.write(sent);
    await wait(() => to.state() === 'fin' && from.state() !== 'open');
    expect(to.text()).toBe(arrives);
  });

  test('counts from when it was added; below what went through, the next byte closes', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    from.socket.write('abcd');
    await wait(() => to.text() === 'abcd');
    const toxic = await add('limit_data', { bytes: 9 });
    from.socket.write('efgh');
    await wait(() => to.text() === 'abcdefgh');
    await toxic.update({ ...toxic.toJson(), attributes: { bytes: 1 } });
    from.socket.write('ijkl');
    await wait(() => to.state() === 'fin');
    expect(to.text()).toBe('abcdefgh');
  });
});

describe.each(cases)('$name, $stream: timeout', ({ name, stream }) => {
  test('drops everything and closes both sides when it is over', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    const startMs = nowMs();
    await add('timeout', { timeout: 300 });
    from.socket.write('lost');
    await pass(() => to.state() === 'fin' && from.state() !== 'open');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(300);
    expect(to.text()).toBe('');
  });

  test('begins anew with each chunk', async (context) => {
    const { add, joinStream, pass, nowMs } = await openStream(name, stream, context);
    const toxic = await add('timeout', { timeout: 1 });
    /** For how long the connection stayed open after a chunk that came when half the time was over. */
    const openForMs = async (timeoutMs: number): Promise<number> => {
      await toxic.update({ ...toxic.toJson(), attributes: { timeout: timeoutMs } });
      const [startMs, { from, to }] = [nowMs(), await joinStream()];
      await pass(() => nowMs() - startMs >= timeoutMs / 2);
      const sentMs = nowMs();
      from.socket.write('lost');
      await pass(() => to.state() === 'fin');
      return nowMs() - sentMs;
    };
    // A machine that stalls for half the time misses the moment; then there is more of it.
    let timeoutMs = 400;
    while ((await openForMs(timeoutMs)) < timeoutMs && timeoutMs < 10_000) timeoutMs *= 2;
    expect(timeoutMs).toBeLessThan(10_000);
    if (name === 'built-in') expect(timeoutMs).toBe(400);
  });

  test('begins anew when it changes', async (context) => {
    const { add, to, pass, nowMs } = await openStream(name, stream, context);
    const toxic = await add('timeout', { timeout: 600_000 });
    const startMs = nowMs();
    await toxic.update({ ...toxic.toJson(), attributes: { timeout: 200 } });
    await pass(() => to.state() === 'fin');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(200);
  });

  test('of 0 is a black hole until it is removed, which closes both sides', async (context) => {
    const { add, from, to, pass, wait, nowMs } = await openStream(name, stream, context);
    const toxic = await add('timeout', { timeout: 0 });
    from.socket.write('lost');
    const startMs = nowMs();
    await pass(() => nowMs() - startMs >= 100);
    expect([to.state(), from.state()]).toEqual(['open', 'open']);
    await toxic.remove();
    await wait(() => to.state() === 'fin' && from.state() !== 'open');
    expect(to.text()).toBe('');
  });
});

describe.each(subjectNames)('%s: timeout', (name) => {
  test('upstream, passes the close of the client on', async (context) => {
    const { add, near, far, wait } = await openStream(name, 'upstream', context);
    await add('timeout', { timeout: 0 });
    near.socket.end('lost');
    await wait(() => far.state() === 'fin');
    expect(far.text()).toBe('');
  });

  test('downstream, lets a client go that gives up', async (context) => {
    const { add, near, far, wait } = await openStream(name, 'downstream', context);
    await add('timeout', { timeout: 0 });
    near.socket.end('request');
    await wait(() => far.state() === 'fin');
    expect(far.text()).toBe('request');
    far.socket.end();
    await wait(() => near.state() === 'fin');
  });
});

describe.each(cases)('$name, $stream: slow_close', ({ name, stream }) => {
  test('passes bytes, and the close late', async (context) => {
    const { add, from, to, pass, wait, nowMs } = await openStream(name, stream, context);
    await add('slow_close', { delay: 300 });
    const startMs = nowMs();
    from.socket.end('data');
    await wait(() => to.text() === 'data');
    await pass(() => to.state() === 'fin');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(300);
  });

  test('begins anew when it changes', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    const toxic = await add('slow_close', { delay: 600_000 });
    from.socket.end();
    await pass(() => nowMs() > 0);
    const startMs = nowMs();
    await toxic.update({ ...toxic.toJson(), attributes: { delay: 200 } });
    await pass(() => to.state() === 'fin');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(200);
  });

  test('closes at once when it is removed', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    const toxic = await add('slow_close', { delay: 600_000 });
    from.socket.end('data');
    await wait(() => to.text() === 'data');
    await toxic.remove();
    await wait(() => to.state() === 'fin');
  });
});

describe.each(cases)('$name, $stream: reset_peer', ({ name, stream }) => {
  test.for([
    { timeout: 0, sends: 'never' },
    { timeout: 200, sends: 'never' },
    { timeout: 200, sends: '' },
  ])('of $timeout resets both peers after the first byte, or the close: "$sends"', async (row, context) => {
    const { add, joinStream, pass, nowMs } = await openStream(name, stream, context);
    await add('reset_peer', { timeout: row.timeout });
    const { from, to } = await joinStream();
    const startMs = nowMs();
    if (row.sends === '') from.socket.end();
    else from.socket.write(row.sends);
    await pass(() => from.state() === 'rst' && to.state() === 'rst');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(row.timeout);
    expect(to.text()).toBe('');
  });

  test('leaves a connection alone that is silent, and does nothing once it is removed', async (context) => {
    const { add, joinStream, wait } = await openStream(name, stream, context);
    const toxic = await add('reset_peer', { timeout: 0 });
    const { from, to } = await joinStream();
    to.socket.write('the other way');
    await wait(() => from.text() === 'the other way');
    await toxic.remove();
    from.socket.write('data');
    await wait(() => to.text() === 'data');
  });
});

describe.each(cases)('$name, $stream: any toxic', ({ name, stream }) => {
  test('noop changes nothing', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    await add('noop', {});
    from.socket.end('data');
    await wait(() => to.state() === 'fin');
    expect(to.text()).toBe('data');
  });

  test('leaves the other stream alone', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    await add('latency', { latency: 600_000, jitter: 0 });
    from.socket.write('held');
    to.socket.write('the other way');
    await wait(() => from.text() === 'the other way');
    expect(to.text()).toBe('');
  });

  test('works in a chain, in the order in which it was added', async (context) => {
    const { add, from, to, pass, nowMs } = await openStream(name, stream, context);
    await add('limit_data', { bytes: 4 });
    await add('latency', { latency: 200, jitter: 0 });
    const startMs = nowMs();
    from.socket.write('abcdefgh');
    await pass(() => to.state() === 'fin');
    expect(nowMs() - startMs).toBeGreaterThanOrEqual(200);
    expect(to.text()).toBe('abcd');
  });

  test('goes from a chain without disturbing the others', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    const first = await add('noop', {});
    await add('limit_data', { bytes: 4 });
    await first.remove();
    from.socket.write('abcdefgh');
    await wait(() => to.state() === 'fin');
    expect(to.text()).toBe('abcd');
  });

  test('is in place before the first byte when the proxy is enabled later', async (context) => {
    const { client, upstream, wait, ask } = await openStream(name, stream, context);
    const body = { name: 'late', listen: '127.0.0.1:0', upstream: upstream.address, enabled: false };
    const late = await client.createProxy(body);
    await late.addToxic<object>(toxicOf<object>('limit_data', stream, { bytes: 0 }));
    await ask('PATCH', '/proxies/late', '{"enabled":true}');
    const known = upstream.accepted.length;
    const near = await dial((await client.get('late')).listen);
    await wait(() => upstream.accepted.length > known);
    const far = upstream.accepted[known] as Peer;
    (stream === 'upstream' ? near : far).socket.write('x');
    await wait(() => near.state() !== 'open' && far.state() !== 'open');
    expect([near.text(), far.text()]).toEqual(['', '']);
  });

  /** Which of so many connections, one after the other, are hit. */
  const fates = async (link: Awaited<ReturnType<typeof openStream>>, count: number): Promise<boolean[]> => {
    const hit: boolean[] = [];
    while (hit.length < count) {
      const { from, to } = await link.joinStream();
      from.socket.write('x');
      await link.wait(() => to.text() === 'x' || to.state() !== 'open');
      hit.push(to.text() === '');
    }
    return hit;
  };

  test('hits no connection with toxicity 0, all with 1, some with 0.5', async (context) => {
    const link = await openStream(name, stream, context);
    const toxic = await link.add('limit_data', { bytes: 0 }, 0);
    expect(new Set(await fates(link, 10))).toEqual(new Set([false]));
    await toxic.update({ ...toxic.toJson(), toxicity: 1 });
    expect(new Set(await fates(link, 10))).toEqual(new Set([true]));
    await toxic.update({ ...toxic.toJson(), toxicity: 0.5 });
    expect(new Set(await fates(link, 40)).size).toBe(2);
  });

  test('takes a change of its toxicity to live connections', async (context) => {
    const { add, from, to, wait } = await openStream(name, stream, context);
    const toxic = await add('limit_data', { bytes: 1 }, 0);
    from.socket.write('abc');
    await wait(() => to.text() === 'abc');
    await toxic.update({ ...toxic.toJson(), toxicity: 1 });
    from.socket.write('def');
    await wait(() => to.state() === 'fin');
    expect(to.text()).toBe('abcd');
  });
});
