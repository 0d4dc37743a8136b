/**
 * One server of the measured ones, in a process of its own: the mocks, or bare `node:http`, which answers what the mock
 * answered, does the same cryptography when it is given a key, and knows nothing. Tells over IPC where it listens.
 */
import { createHash, createHmac, createPrivateKey, createPublicKey, sign, verify } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { preciseClock, scaledClock, systemClock } from '#harness/clock';

/** What is asked of a part, over IPC; each is answered with one `PartTold`. */
export type PartAsked =
  | { readonly ask: 'cpu' | 'memory' }
  | { readonly ask: 'sign'; readonly key: string; readonly forMs: number };

/** What a part tells: where it listens, once, and then what was asked. */
export type PartTold =
  | {
      readonly ports: Readonly<Record<string, number>>;
      readonly identities: Readonly<Record<string, Readonly<Record<string, string>>>>;
    }
  | { readonly cpuMs: number }
  | { readonly heapBytes: number; readonly peakBytes: number }
  | { readonly signsPerS: number };

const [role = '', answered = '', secretKey = ''] = process.argv.slice(2);
const tell = (told: PartTold): void => void process.send?.(told);

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');
const hmac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Whether a call is signed by TC3-HMAC-SHA256: the vendor's recipe and nothing around it. */
const isSigned = ({ method, url = '/', headers }: IncomingMessage, body: Buffer): boolean => {
  const { authorization = '', 'content-type': type, host = '', 'x-tc-timestamp': timestamp } = headers;
  const [, date = '', service = '', names = '', signature = ''] =
    /Credential=[^/]+\/([^/]+)\/([^/]+)\/tc3_request, ?SignedHeaders=([^,]+), ?Signature=(\w+)$/.exec(authorization) ??
    [];
  const signed = `content-type:${type}\nhost:${host.replace(/:\d+$/, '')}\n`;
  const request = `${method}\n${url}\n\n${signed}\n${names}\n${sha256(body)}`;
  const text = `TC3-HMAC-SHA256\n${timestamp}\n${date}/${service}/tc3_request\n${sha256(request)}`;
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request');
  return hmac(key, text).toString('hex') === signature;
};

/** What is made of a call, and what is answered. */
type Work = (request: IncomingMessage, body: Buffer) => string | undefined;

/** Does the cryptography of the given key: none, HMACs, or RSA, verified and signed once per call. */
const workOf = (answer: string): Work => {
  if (secretKey === '') return () => answer;
  if (!secretKey.startsWith('-----')) return (request, body) => (isSigned(request, body) ? answer : undefined);
  const key = createPrivateKey(secretKey);
  const text = Buffer.alloc(150, 'x');
  const [publicKey, signed] = [createPublicKey(key), sign('RSA-SHA256', text, key)];
  return () =>
    verify('RSA-SHA256', text, publicKey, signed)
      ? answer.slice(0, -344) + sign('RSA-SHA256', text, key).toString('base64')
      : undefined;
};

const serveBare = (): void => {
  const answer = Buffer.from(answered, 'base64').toString();
  const work = workOf(answer);
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = work(request, Buffer.concat(chunks));
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text ?? '') };
      response.writeHead(text === undefined ? 403 : 200, headers);
      response.end(text);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    tell({ ports: { bare: (server.address() as AddressInfo).port }, identities: {} });
  });
};

const serveAll = async (): Promise<void> => {
  // Loaded here alone: what the others need to start is measured too.
  const [{ randomFrom }, { serveMocks }] = await Promise.all([import('#harness/seed'), import('../serve.ts')]);
  // On a clock so fast, nobody comes near the calls a second that vendors allow.
  const clock = scaledClock(10_000);
  const { description } = await serveMocks({ clock, wall: systemClock, random: randomFrom('bench') });
  const all = Object.entries(description.providers);
  tell({
    ports: Object.fromEntries(all.map(([id, { url }]) => [id, Number(new URL(url).port)])),
    identities: Object.fromEntries(all.map(([id, { identity }]) => [id, identity])),
  });
};

/** How often this core signs as Alipay does, and does nothing else. */
const signFor = (pem: string, forMs: number): number => {
  const key = createPrivateKey(pem);
  const text = Buffer.alloc(150, 'x');
  const startedMs = preciseClock.nowMs();
  let signs = 0;
  for (; preciseClock.nowMs() - startedMs < forMs; signs += 1) sign('RSA-SHA256', text, key);
  return (signs * 1_000) / (preciseClock.nowMs() - startedMs);
};

process.on('message', (asked: PartAsked) => {
  if (asked.ask === 'sign') return tell({ signsPerS: signFor(asked.key, asked.forMs) });
  const { user, system } = process.cpuUsage();
  if (asked.ask === 'cpu') return tell({ cpuMs: (user + system) / 1_000 });
  globalThis.gc?.();
  return tell({ heapBytes: process.memoryUsage().heapUsed, peakBytes: process.resourceUsage().maxRSS * 1_024 });
});
process.on('disconnect', () => process.exit());
if (role === 'mocks') await serveAll();
else serveBare();
