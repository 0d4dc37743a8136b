/**
 * `npm run bench -- mocks`: what the mocks cost beside a bare `node:http` that answers the same bytes, signing beside a
 * core that does nothing else, their start beside that of Node, and what a million calls leave behind: in one run, in
 * turns. Every server is a process, and this one makes the load, with calls that the vendors' own SDKs have signed.
 * Rates are judged by the processor's time that a server had, which others on the machine do not change.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { AlipaySdk } from 'alipay-sdk';
import { preciseClock } from '#harness/clock';
import { overhear } from '../golden/overhear.ts';
import { bodyOf, load } from './load.ts';
import type { PartAsked, PartTold } from './part.ts';

type Identities = Extract<PartTold, { identities: unknown }>['identities'];
type Memory = Extract<PartTold, { heapBytes: unknown }>;

interface Part {
  readonly ports: Readonly<Record<string, number>>;
  readonly identities: Identities;
  readonly startMs: number;
  ask(asked: PartAsked): Promise<PartTold>;
  stop(): Promise<void>;
}

/** What is loaded: requests to one port of a part. */
interface Way {
  readonly part: Part;
  readonly port: number;
  readonly requests: readonly Buffer[];
}

/** What one round of a way came to. */
interface Taken {
  readonly perS: number;
  /** The same for each second that the server's process really had: what others do on this machine does not count. */
  readonly perCpuS: number;
}

const rounds = 5;
const roundMs = 1_500;
const connections = 32;
const startRounds = 7;
const memory = { calls: 1_000_000, forMs: 60_000, peakMbMax: 120, growthMbMax: 10 } as const;
const startMsMax = 100;

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const heard = async (child: ChildProcess): Promise<PartTold> => {
  const over = new AbortController();
  const { signal } = over;
  const ended = once(child, 'exit', { signal }).then(() => Promise.reject(new Error('a measured server ended')));
  const [told] = (await Promise.race([once(child, 'message', { signal }), ended])) as [PartTold];
  ended.catch(() => undefined);
  over.abort();
  return told;
};

const startPart = async (role: 'bare' | 'mocks', ...given: readonly string[]): Promise<Part> => {
  const startedMs = preciseClock.nowMs();
  const execArgv = ['--expose-gc', '--disable-warning=ExperimentalWarning'];
  const child = fork(new URL('part.ts', import.meta.url), [role, ...given], { execArgv });
  const told = await heard(child);
  if (!('ports' in told)) throw new Error(`a measured server did not say where it listens`);
  return {
    ...told,
    startMs: preciseClock.nowMs() - startedMs,
    ask: (asked) => {
      child.send(asked);
      return heard(child);
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
};

const cpuMsOf = async (part: Part): Promise<number> => {
  const told = await part.ask({ ask: 'cpu' });
  return 'cpuMs' in told ? told.cpuMs : Number.NaN;
};

const memoryOf = async (part: Part): Promise<Memory> => (await part.ask({ ask: 'memory' })) as Memory;

const take = async ({ part, port, requests }: Way): Promise<Taken> => {
  const beforeMs = await cpuMsOf(part);
  const { answers, tookMs } = await load(port, requests, connections, (_, ms) => ms >= roundMs);
  const cpuMs = (await cpuMsOf(part)) - beforeMs;
  return { perS: (answers * 1_000) / tookMs, perCpuS: (answers * 1_000) / cpuMs };
};

const inTurns = async (ways: readonly (() => Promise<Taken>)[]): Promise<readonly Taken[][]> => {
  const taken: Taken[][] = ways.map(() => []);
  for (const way of [...ways, ...ways]) await way(); // compiles what is hot; not counted
  for (let round = 0; round < rounds; round += 1)
    for (const [nth, way] of ways.entries()) taken[nth]?.push(await way());
  return taken;
};

const cellsOf = (taken: readonly Taken[]): string =>
  (['perS', 'perCpuS'] as const)
    .map((rate) => String(Math.round(median(taken.map((one) => one[rate])))).padStart(11))
    .join('');

/** Measures a way against another; prints both, and the median of what their rounds were to each other. */
const compare = async (
  name: string,
  [own, other]: readonly [() => Promise<Taken>, () => Promise<Taken>],
  [otherName, shareMin]: readonly [string, number],
): Promise<void> => {
  const [mine = [], others = []] = await inTurns([own, other]);
  const share = median(mine.map(({ perCpuS }, nth) => perCpuS / (others[nth]?.perCpuS ?? Number.NaN)));
  const met = share >= shareMin ? 'met' : `missed, goal ${shareMin}`;
  console.log(`${name.padEnd(42)}${cellsOf(mine)}`);
  console.log(`  ${otherName.padEnd(40)}${cellsOf(others)}    share ${share.toFixed(2)}, ${met}`);
};

const stripeRequest = (identities: Identities, line: string, form: string): Buffer => {
  const head = [`${line} HTTP/1.1`, 'host: api.stripe.com', `authorization: Bearer ${identities.stripe?.secretKey}`];
  const about =
    form === '' ? [] : ['content-type: application/x-www-form-urlencoded', `content-length: ${form.length}`];
  return Buffer.from(`${[...head, ...about].join('\r\n')}\r\n\r\n${form}`);
};

const { CommonClient } = createRequire(import.meta.url)(
  'tencentcloud-sdk-nodejs-common',
) as typeof import('tencentcloud-sdk-nodejs-common');

const tencentRequests = ({ 'tencent-cloud': identity }: Identities, action: string, fields: object) =>
  overhear(
    (url) => {
      const endpoint = url.replace('http://', '');
      const httpProfile = { protocol: 'http://', endpoint, reqMethod: 'POST' } as const;
      const client = new CommonClient(endpoint, '2018-03-21', {
        credential: { secretId: identity?.secretId ?? '', secretKey: identity?.secretKey ?? '' },
        region: 'ap-guangzhou',
        profile: { signMethod: 'TC3-HMAC-SHA256', httpProfile },
      });
      return client.request(action, fields);
    },
    { Response: { RequestId: '1' } },
  );

/** Orders that differ, asked for again and again. */
const alipayRequests = ({ alipay }: Identities): readonly Buffer[] => {
  const [appId = '', privateKey = ''] = [alipay?.appId, alipay?.appPrivateKey];
  const sdk = new AlipaySdk({ appId, privateKey, keyType: 'PKCS8' });
  return Array.from({ length: 64 }, (_, nth) => {
    const bizContent = { out_trade_no: `B${nth}`, total_amount: '10.00', subject: 'top-up' };
    const query = sdk.sdkExecute('alipay.trade.precreate', { bizContent });
    const head = [`POST /gateway.do?${query} HTTP/1.1`, 'host: openapi.alipay.com', 'content-length: 0'];
    return Buffer.from(`${head.join('\r\n')}\r\n\r\n`);
  });
};

/** A way to the mock `id`, and one to a bare server that answers its bytes. */
const beside = async (mocks: Part, id: string, requests: readonly Buffer[], secretKey = '') => {
  const port = mocks.ports[id] ?? 0;
  const answer = await bodyOf(port, requests[0] as Buffer);
  const bare = await startPart('bare', answer.toString('base64'), secretKey);
  const ways = [
    () => take({ part: mocks, port, requests }),
    () => take({ part: bare, port: bare.ports.bare ?? 0, requests }),
  ] as const;
  return { ways, answer, stop: bare.stop };
};

const measureRates = async (mocks: Part): Promise<void> => {
  const { identities, ports } = mocks;
  const form = 'amount=8888&currency=usd&payment_method_types[0]=card';
  const creating = stripeRequest(identities, 'POST /v1/payment_intents', form);
  const { id } = JSON.parse((await bodyOf(ports.stripe ?? 0, creating)).toString()) as { id: string };
  const reading = stripeRequest(identities, `GET /v1/payment_intents/${id}`, '');
  const asking = await tencentRequests(identities, 'DescribeClientBalanceNew', { ClientUin: '1' });
  const secretKey = identities['tencent-cloud']?.secretKey;
  const rows = [
    { name: 'stripe, reads a payment intent', id: 'stripe', requests: [reading], otherName: 'bare node:http' },
    { name: 'stripe, makes a payment intent', id: 'stripe', requests: [creating], otherName: 'bare node:http' },
    {
      name: 'tencent-cloud, TC3-HMAC-SHA256',
      id: 'tencent-cloud',
      requests: asking,
      secretKey,
      otherName: 'same HMACs',
    },
  ];
  for (const row of rows) {
    const { ways, answer, stop } = await beside(mocks, row.id, row.requests, row.secretKey);
    if (answer.includes('"Error"')) throw new Error(`the load is refused: ${answer}`);
    await compare(row.name, ways, [row.otherName, 0.5]).finally(stop);
  }
};

const measureSigning = async (mocks: Part): Promise<void> => {
  const requests = alipayRequests(mocks.identities);
  const port = mocks.ports.alipay ?? 0;
  const answer = await bodyOf(port, requests[0] as Buffer);
  if (!answer.includes('"code":"10000"')) throw new Error(`the load is refused: ${answer}`);
  const key = mocks.identities.alipay?.appPrivateKey ?? '';
  const signer = await startPart('bare', answer.toString('base64'), key);
  const signing = async (): Promise<Taken> => {
    const beforeMs = await cpuMsOf(signer);
    const told = await signer.ask({ ask: 'sign', key, forMs: roundMs });
    const cpuMs = (await cpuMsOf(signer)) - beforeMs;
    if (!('signsPerS' in told)) throw new Error('the signer did not sign');
    const signs = (told.signsPerS * roundMs) / 1_000;
    return { perS: told.signsPerS, perCpuS: (signs * 1_000) / cpuMs };
  };
  const own = () => take({ part: mocks, port, requests });
  const bare = () => take({ part: signer, port: signer.ports.bare ?? 0, requests });
  try {
    await compare('alipay, RSA2, precreate', [own, signing], ['signatures of one core', 0.9]);
    // What HTTP and verifying take of the same core is not to be had: nobody comes nearer than this.
    await compare('bare node:http, the same RSA2', [bare, signing], ['signatures of one core', 0.9]);
    await compare('alipay, RSA2, precreate', [own, bare], ['bare node:http, the same RSA2', 0.9]);
  } finally {
    await signer.stop();
  }
};

const measureStart = async (): Promise<void> => {
  const took = { bare: [] as number[], mocks: [] as number[] };
  for (let round = 0; round <= startRounds; round += 1) {
    for (const role of ['bare', 'mocks'] as const) {
      const part = await startPart(role);
      await part.stop();
      if (round > 0) took[role].push(part.startMs); // the first one warms the caches
    }
  }
  const [bareMs, mocksMs] = [median(took.bare), median(took.mocks)];
  const beyondMs = mocksMs - bareMs;
  const met = beyondMs <= startMsMax ? 'met' : `missed, goal ${startMsMax} ms`;
  console.log(`start of all providers ${mocksMs.toFixed(0)} ms, of bare node:http ${bareMs.toFixed(0)} ms:`);
  console.log(`  ${beyondMs.toFixed(0)} ms beyond Node's own, ${met}`);
};

/** As many as a minute holds, and a million at most; all read, so that nothing is there that has to be kept. */
const measureMemory = async (mocks: Part): Promise<void> => {
  const port = mocks.ports.stripe ?? 0;
  const creating = stripeRequest(mocks.identities, 'POST /v1/payment_intents', 'amount=8888&currency=usd');
  const { id } = JSON.parse((await bodyOf(port, creating)).toString()) as { id: string };
  const reading = [stripeRequest(mocks.identities, `GET /v1/payment_intents/${id}`, '')];
  await load(port, reading, connections, (asked) => asked >= memory.calls / 10);
  const early = await memoryOf(mocks);
  const most = (asked: number, tookMs: number) => asked >= memory.calls || tookMs >= memory.forMs;
  const { answers } = await load(port, reading, connections, most);
  const late = await memoryOf(mocks);
  const growthMb = (late.heapBytes - early.heapBytes) / 1_048_576;
  const peakMb = late.peakBytes / 1_048_576;
  const [growth, peak] = [
    growthMb <= memory.growthMbMax ? 'met' : `missed, goal ${memory.growthMbMax} MB`,
    peakMb <= memory.peakMbMax ? 'met' : `missed, goal ${memory.peakMbMax} MB`,
  ];
  console.log(`memory over ${answers} calls after the first ${memory.calls / 10}:`);
  console.log(
    `  the heap grew by ${growthMb.toFixed(1)} MB, ${growth}; the process had ${peakMb.toFixed(0)} MB, ${peak}`,
  );
};

/** By mocks of its own: what another part made them keep would be cleared up at the expense of this one. */
const withMocks = async (part: (mocks: Part) => Promise<void>): Promise<void> => {
  const mocks = await startPart('mocks');
  await part(mocks).finally(mocks.stop);
};

/** Prints the four parts; all of one run. */
const measure = async (): Promise<void> => {
  console.log(`\n${'mocks, median of rounds'.padEnd(42)}      per s  per CPU s`);
  await withMocks(measureRates);
  await withMocks(measureSigning);
  await measureStart();
  await withMocks(measureMemory);
};

await measure();
