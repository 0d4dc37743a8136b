/**
 * What a toxic really does, and what a link costs that has none: the built-in fault proxy beside the real Toxiproxy, in
 * one run, in turns. Client, upstream and proxy have a thread or a process each, as little shared as can be.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';
import { Toxiproxy, type Proxy as ToxiproxyProxy } from 'toxiproxy-node-client';
import { findProgram } from '#harness/binaries/find';
import { preciseClock } from '#harness/clock';
import { startRealServer } from '#harness/toxiproxy/conformance/real-server';

/** A way from the client to the upstream. */
interface Way {
  readonly name: string;
  readonly address: string;
  /** None of the direct way. */
  readonly proxy?: ToxiproxyProxy;
}

const rounds = 4;
const delays = [
  { latencyMs: 1, samplesPerRound: 250 },
  { latencyMs: 10, samplesPerRound: 100 },
  { latencyMs: 100, samplesPerRound: 50 },
] as const;
const goals = { errorOfReal: 0.5, rateOfDirect: 0.8 } as const;
const message = Buffer.alloc(200, 'm');
const warmUps = 50;
const rateForMs = 2_000;

/** The value below which `share` of the sorted `values` lie. */
const quantile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.ceil(values.length * share) - 1)] ?? Number.NaN;

const startPart = async (part: 'echo' | 'built-in'): Promise<{ place: string; stop: () => Promise<unknown> }> => {
  const worker = new Worker(new URL('bench-link-part.ts', import.meta.url), { workerData: part });
  const [place] = (await once(worker, 'message')) as [string];
  return { place, stop: () => worker.terminate() };
};

const dial = async (address: string): Promise<Socket> => {
  const { hostname: host, port } = new URL(`tcp://${address}`);
  const socket = connect({ host, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return socket;
};

/** Milliseconds until all of the message has come back. */
const roundTripMs = (socket: Socket): Promise<number> =>
  new Promise((resolve, reject) => {
    const startedMs = preciseClock.nowMs();
    let missing = message.length;
    const hear = (chunk: Buffer): void => {
      missing -= chunk.length;
      if (missing > 0) return;
      socket.removeListener('data', hear);
      socket.removeListener('close', reject);
      resolve(preciseClock.nowMs() - startedMs);
    };
    socket.on('data', hear);
    socket.once('close', reject);
    socket.write(message);
  });

const sample = async (way: Way, count: number): Promise<readonly number[]> => {
  const socket = await dial(way.address);
  const taken: number[] = [];
  for (let nth = -warmUps; nth < count; nth += 1) {
    const tookMs = await roundTripMs(socket);
    if (nth >= 0) taken.push(tookMs);
  }
  socket.destroy();
  return taken;
};

/** How far each delay was from `latencyMs`: what the toxic added to the way's own median, less what it was to add. */
const errorsOf = async (way: Way, latencyMs: number, samples: number): Promise<readonly number[]> => {
  const ownMs = quantile(await sample(way, samples), 0.5);
  const toxic = await way.proxy?.addToxic({
    name: 'delay',
    type: 'latency',
    stream: 'downstream',
    toxicity: 1,
    attributes: { latency: latencyMs, jitter: 0 },
  });
  const taken = await sample(way, samples);
  await toxic?.remove();
  return taken.map((tookMs) => tookMs - ownMs - latencyMs);
};

const inMs = (ms: number): string => `${ms.toFixed(2)} ms`.padStart(10);

const measureAccuracy = async (ways: readonly Way[]): Promise<void> => {
  console.log(`\n${'added minus nominal latency'.padEnd(32)}       p50       p99   samples`);
  for (const { latencyMs, samplesPerRound } of delays) {
    const errors = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const way of ways) errors.get(way.name)?.push(...(await errorsOf(way, latencyMs, samplesPerRound)));
    const medians = [...errors.values()].map((own) => Math.abs(quantile(own, 0.5)));
    for (const [name, own] of errors) {
      const cells = `${inMs(quantile(own, 0.5))}${inMs(quantile(own, 0.99))}${String(own.length).padStart(10)}`;
      console.log(`${`${latencyMs} ms, ${name}`.padEnd(30)}${cells}`);
    }
    const [builtIn = Number.NaN, real] = medians;
    if (real === undefined) continue;
    const share = builtIn / real;
    const met = share <= goals.errorOfReal ? 'met' : `missed, goal ${goals.errorOfReal}`;
    console.log(`  built-in at p50: ${share.toFixed(2)} of Toxiproxy, ${met}`);
  }
};

/** Round trips a second over `connectionCount` connections, each with one message under way. */
const rateOf = async (way: Way, connectionCount: number): Promise<number> => {
  const sockets = await Promise.all(Array.from({ length: connectionCount }, () => dial(way.address)));
  const startedMs = preciseClock.nowMs();
  let trips = 0;
  const keepOn = async (socket: Socket): Promise<void> => {
    while (preciseClock.nowMs() - startedMs < rateForMs) {
      await roundTripMs(socket);
      trips += 1;
    }
  };
  await Promise.all(sockets.map(keepOn));
  const tookMs = preciseClock.nowMs() - startedMs;
  for (const socket of sockets) socket.destroy();
  return (trips * 1_000) / tookMs;
};

/** Connections a second that are made, used once and closed, eight at a time. */
const newConnectionsOf = async (way: Way): Promise<number> => {
  const startedMs = preciseClock.nowMs();
  let made = 0;
  const keepOn = async (): Promise<void> => {
    while (preciseClock.nowMs() - startedMs < rateForMs) {
      const socket = await dial(way.address);
      await roundTripMs(socket);
      socket.destroy();
      made += 1;
    }
  };
  await Promise.all(Array.from({ length: 8 }, keepOn));
  return (made * 1_000) / (preciseClock.nowMs() - startedMs);
};

interface Price {
  readonly tripsMs: number[];
  readonly one: number[];
  readonly many: number[];
  readonly fresh: number[];
}

const measurePrice = async (ways: readonly Way[]): Promise<void> => {
  const prices = new Map<string, Price>(ways.map(({ name }) => [name, { tripsMs: [], one: [], many: [], fresh: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    for (const way of ways) {
      const price = prices.get(way.name) as Price;
      price.tripsMs.push(...(await sample(way, 1_000)));
      price.one.push(await rateOf(way, 1));
      price.many.push(await rateOf(way, 32));
      price.fresh.push(await newConnectionsOf(way));
    }
  }
  const head = ['p50', 'p99', '1 conn', '32 conns', 'of direct', 'new conns'].map((cell) => cell.padStart(10));
  console.log(`\n${'a link without toxic, per s'.padEnd(30)}${head.join('')}`);
  const direct = quantile(prices.get('direct')?.many ?? [], 0.5);
  for (const [name, { tripsMs, one, many, fresh }] of prices) {
    const [atOne, atMany, made] = [one, many, fresh].map((rates) => quantile(rates, 0.5)) as [number, number, number];
    const rates = [Math.round(atOne), Math.round(atMany), (atMany / direct).toFixed(2), Math.round(made)];
    const cells = rates.map((cell) => String(cell).padStart(10));
    const isMet = atMany / direct >= goals.rateOfDirect;
    const met = name !== 'built-in' ? '' : isMet ? '  met' : `  missed, goal ${goals.rateOfDirect}`;
    console.log(
      `${name.padEnd(30)}${inMs(quantile(tripsMs, 0.5))}${inMs(quantile(tripsMs, 0.99))}${cells.join('')}${met}`,
    );
  }
};

/** A link `name` to `upstream` on the server whose API is at `url`. */
const linkOn = async (name: string, url: string, upstream: string): Promise<Way> => {
  const proxy = await new Toxiproxy(url).createProxy({ name: 'link', listen: '127.0.0.1:0', upstream });
  return { name, address: proxy.listen, proxy };
};

/** Prints both tables. Where there is no Toxiproxy, it says so by name, and the built-in proxy is measured alone. */
export const measureLinks = async (): Promise<void> => {
  const program = await findProgram('toxiproxy-server');
  const [echo, builtIn] = [await startPart('echo'), await startPart('built-in')];
  const real = program.path === undefined ? undefined : await startRealServer(program.path);
  try {
    const ways = [await linkOn('built-in', builtIn.place, echo.place)];
    if (program.path === undefined) console.log(`\nSKIPPED, the real Toxiproxy beside it: ${program.reason}`);
    else ways.push(await linkOn(`Toxiproxy ${program.version ?? ''}`.trimEnd(), real?.url ?? '', echo.place));
    await measureAccuracy(ways);
    await measurePrice([{ name: 'direct', address: echo.place }, ...ways]);
  } finally {
    await Promise.all([echo.stop(), builtIn.stop(), real?.stop()]);
  }
};
