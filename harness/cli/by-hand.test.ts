import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { topple } from './test-cli.ts';

const cwd = fileURLToPath(new URL('.', import.meta.url));

/** An endpoint that answers as `listener` does. */
const endpoint = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks`;
};

const saying = (status: number, body: string) => endpoint((_, response) => void response.writeHead(status).end(body));

describe('topple webhook', () => {
  test('sends equal copies at the same time, and prints each answer in 80 columns', async () => {
    const bodies: string[] = [];
    const waiting: (() => void)[] = [];
    const url = await endpoint(async (request, response) => {
      bodies.push((await request.toArray()).join(''));
      // Nobody is answered before all five are here, which only copies in parallel can be.
      waiting.push(() => response.end('success'));
      if (waiting.length === 5) for (const answer of waiting) answer();
    });
    const { code, stdout } = await topple(cwd, 'webhook', 'alipay', 'paid', '--to', url, '--copies', '5', '--parallel');
    expect(code).toBe(0);
    expect(bodies.length).toBe(5);
    expect(new Set(bodies).size).toBe(1);
    expect(new URLSearchParams(bodies[0]).get('total_amount')).toBe('88.88');
    expect(stdout.match(/^ +\d {2}200 +\d+ ms {2}acknowledged {2}success$/gm)?.length).toBe(5);
    expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  test.each([
    { when: 'a genuine one is acknowledged', answer: [200, 'success'], extra: [], code: 0, says: '1 acknowledged.' },
    { when: 'a genuine one is refused', answer: [500, 'x'.repeat(99)], extra: [], code: 3, says: '--reference' },
    { when: 'a tampered one is refused', answer: [401, ''], extra: ['--tamper', 'amount'], code: 0, says: '(amount)' },
    {
      when: 'an unsigned one is believed',
      answer: [200, 'success'],
      extra: ['--unsigned'],
      code: 1,
      says: 'the money',
    },
    {
      when: 'the answer is not what the provider waits for',
      answer: [200, 'ok'],
      extra: [],
      code: 3,
      says: 'What counts as received: 200 and the body `success`',
    },
  ] as const)('exits $code when $when', async ({ answer, extra, code, says }) => {
    const to = await saying(answer[0], answer[1]);
    const sent = await topple(cwd, 'webhook', 'alipay', 'refunded', '--to', to, ...extra);
    expect(sent.stdout).toContain(says);
    expect(Math.max(...sent.stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(sent.code).toBe(code);
  });

  test('nobody at the address gives no verdict, and JSON tells why', async () => {
    const to = ['--to', 'http://127.0.0.1:9/'];
    const { code, stdout } = await topple(cwd, 'webhook', 'alipay', 'paid', ...to, '--reference', 'T1', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ reference: 'T1', tamper: null, answers: [{ copy: 1, status: 0 }] });
    expect(code).toBe(3);
  });

  test('tells what a receiver has to be configured with', async () => {
    const { stdout } = await topple(cwd, 'webhook', 'alipay', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      kinds: ['paid', 'expired', 'refunded'],
      tampers: expect.arrayContaining(['amount', 'unsigned']),
      identity: { alipayPublicKey: expect.stringContaining('BEGIN PUBLIC KEY') },
    });
  });

  test.each([
    [['nobody', 'paid'], 'unknown-name: There is no provider "nobody"'],
    [['alibaba-cloud'], 'sends-no-webhooks: '],
    [[], 'positionals: `topple webhook` takes one provider, not 0'],
    [['alipay', 'paid', 'twice', '--to', 'http://x/'], 'positionals: `topple webhook PROVIDER` takes one kind, not 2'],
    [
      ['alipay', 'paid', '--to', 'http://x/', '--unsigned', '--tamper', 'key'],
      'two-tampers: --unsigned and --tamper key',
    ],
    [['alipay', 'paid'], 'bad-url: There is no --to'],
    [['alipay', 'paid', '--to', 'ftp://x/'], 'bad-url: --to ftp://x/'],
    [['alipay', 'paid', '--to', 'http://me:secret@x/'], 'without a user or a password'],
    [['alipay', 'sold', '--to', 'http://x/'], 'There is no webhook of alipay "sold"'],
    [['alipay', 'paid', '--to', 'http://x/', '--tamper', 'moon'], 'There is no tampering "moon"'],
    [['alipay', 'paid', '--to', 'http://x/', '--tamper', 'moon'], 'mocks/README.md describes them'],
    [['alipay', 'paid', '--to', 'http://x/', '--amount', '1,00'], 'bad-amount: The amount 1,00 cannot be read'],
    [['alipay', 'paid', '--to', 'http://x/', '--reference', 'a b'], 'order-refused: '],
    [['alipay', 'paid', '--to', 'http://x/', '--copies', '0'], 'bad-number: --copies 0'],
    [['alipay', 'paid', '--to', 'http://x/', '--copies', '1001'], 'out-of-range: --copies = 1001'],
  ])('topple webhook %j is not usable', async (args, what) => {
    const { code, stdout, stderr } = await topple(cwd, 'webhook', ...args);
    expect(stderr).toContain(what);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

test('topple mocks --ca-out names a file that cannot be written', async () => {
  const { code, stderr } = await topple(cwd, 'mocks', '--port', '0', '--ca-out', '/nowhere/ca.pem');
  expect(stderr).toContain('certificate-file: The certificate of the mocks cannot be written to /nowhere/ca.pem');
  expect(code).toBe(2);
});

test('topple mocks --host wants an address of this machine', async () => {
  const { code, stderr } = await topple(cwd, 'mocks', '--port', '0', '--host', '192.0.2.1');
  expect(stderr).toContain('address-not-here: Nothing can listen at 192.0.2.1');
  expect(code).toBe(4);
});

test('topple mocks tells people its addresses and how to go on, in 80 columns', async () => {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, 'mocks', '--port', '0', '--tls'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.startsWith('Serving until')) break;
  }
  child.kill();
  await once(child, 'exit');
  const text = lines.join('\n');
  expect(text).toMatch(/^alipay {2}http:\/\/127\.0\.0\.1:\d+ {2}https:\/\/127\.0\.0\.1:\d+$/m);
  expect(text).toContain('\n  appPrivateKey  PEM, with --json\n');
  expect(text).toMatch(/^proxy {2}http:/m);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
});

describe('topple mocks ACTION', () => {
  /** The first port of mocks that run until the test is over. */
  const running = async (): Promise<string> => {
    const main = fileURLToPath(new URL('./main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, 'mocks', '--port', '0', '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(async () => {
      child.kill();
      await once(child, 'exit');
    });
    const [line] = await once(createInterface(child.stdout), 'line');
    return new URL(JSON.parse(String(line)).providers.alipay.url).port;
  };

  test('has things happen to an order, and lists what was sent about it', async () => {
    const port = ['--port', await running()];
    const to = await saying(200, 'success');
    const act = (...args: string[]) => topple(cwd, 'mocks', ...args, ...port);
    const made = await act('order', 'alipay', 'T1', '--amount', '10.00', '--to', to);
    expect(made.stdout).toMatch(/^T1 {2}TRADE_NOT_EXIST {2}10\.00 CNY\n {2}https:\/\/qr\.alipay\.com\/\w+\n$/);
    const scanned = await act('scan', 'alipay', 'T1');
    expect(scanned.stdout).toMatch(/^T1 {2}WAIT_BUYER_PAY {2}10\.00 CNY\n {2}\d{28}\n$/);
    expect((await act('pay', 'alipay', 'T1')).stdout).toContain('TRADE_SUCCESS');
    expect((await act('refund', 'alipay', 'T1')).stdout).toContain('TRADE_CLOSED  10.00 CNY, 10.00 CNY refunded');
    expect((await act('orders', 'alipay', '--json')).stdout).toContain('"refundedMinor":"1000"');
    // Each look is a process of its own, which may take its time.
    const delivered = async () => (await act('deliveries', 'alipay')).stdout.match(/attempt 1 {2}200 acknowledged/g);
    while ((await delivered())?.length !== 2);
    expect((await act('deliveries', 'alibaba-cloud')).stdout).toBe('none\n');
    const { code, stderr } = await act('refund', 'alipay', 'T1');
    expect(code).toBe(2);
    expect(stderr).toContain('refused-by-mocks: refund cannot be done to "T1", which is TRADE_CLOSED');
    const slip = await act('order', 'bank-transfer', 'T1', '--amount', '88.88');
    expect(slip.stdout).toBe('T1  printed  88.88 USD\n  RF04T1\n');
    const strange = await act('decline', 'alipay', 'T1');
    expect(strange.stderr).toContain('no-such-deed: "decline" is nothing that can be done by hand at alipay.');
    expect(strange.stderr).toContain('There it can be: order, resend, scan, pay, expire, refund, drain.');
    expect(strange.code).toBe(2);
    expect((await act('scan', 'wechat-pay', 'T1')).stderr).toContain('order, resend, pay, refund, block, drain.');
    await act('order', 'standard-webhooks', 'SW1');
    const rotated = await act('rotate', 'standard-webhooks', 'SW1');
    const keys = /\nConfigure the receiver with:\nwebhookSecret: whsec_\S+\nwebhookPublicKey: whpk_\S+\n$/;
    expect(rotated.stdout).toMatch(keys);
    const { identity } = JSON.parse((await act('rotate', 'standard-webhooks', 'SW1', '--json')).stdout);
    expect(identity.webhookSecret).toMatch(/^whsec_/);
    expect(rotated.stdout).not.toContain(identity.webhookSecret);
    expect((await act('orders', 'nobody')).stderr).toContain('There is no provider "nobody"');
    expect((await act('orders')).stderr).toContain('by-hand-arguments: `topple mocks orders` is not whole');
    expect((await act('pay', 'alipay')).stderr).toContain('It is `topple mocks pay PROVIDER REFERENCE`.');
    expect((await act('order', 'huawei-cloud', 'T1')).stderr).toContain('It is a cloud, and nobody pays there');
    expect((await act('order', 'alipay', 'T2', '--to', 'notify')).stderr).toContain('bad-url: --to notify');
    const huge = await act('order', 'wechat-pay', 'TOO-HUGE', '--amount', '90071992547409.92');
    expect(huge.stderr).toContain('its amount does not fit into a number of JSON');
    expect(JSON.parse((await act('records', 'alipay')).stdout).payments).toMatchObject([{ amountMinor: '1000' }]);
  });

  test('has a provider misbehave, shows how often it did, and calms it', async () => {
    const port = ['--port', await running()];
    const act = (...args: string[]) => topple(cwd, 'mocks', ...args, ...port);
    expect((await act('behave', 'alipay')).stdout).toBe('none\n');
    const asked = await act('behave', 'alipay', 'captured-short', 'percent=10', 'reference=1', 'times=2');
    expect(asked.stdout).toBe('1  captured-short  met 0 times\n  percent=10\n  reference=1\n  times=2\n');
    await act('order', 'alipay', '1', '--amount', '10.00');
    expect((await act('pay', 'alipay', '1')).stdout).toContain('9.00 CNY');
    expect((await act('behave', 'alipay')).stdout).toContain('captured-short  met 1 time\n');
    const unknown = await act('behave', 'alipay', 'fly');
    expect(unknown.stderr).toContain('There is no behaviour "fly"');
    expect(unknown.stderr).toContain('docs/mock-contract.md describes them');
    const { code, stderr } = await act('behave', 'alipay', 'slow', 'afterMs=soon', 'done=true');
    expect(stderr).toContain('slow has no done');
    expect(stderr).toContain('afterMs is a whole number, 0 to 3600000');
    expect(code).toBe(2);
    expect((await act('calm', 'alipay')).stdout).toBe('none\n');
    await act('behave', 'alipay', 'webhook-tampered', 'what=amount');
    await act('order', 'alipay', '2', '--to', await saying(400, '{"why": "bad"}'));
    await act('pay', 'alipay', '2');
    const told = async () => (await act('deliveries', 'alipay')).stdout;
    while (!(await told()).includes('attempt 1'));
    expect(await told()).toMatch(/^2 {2}attempt 1 {2}400 refused {2}\d+ ms {2}wrong on purpose \(amount\)$/m);
    expect(await told()).toContain('\n  {"why": "bad"}');
    expect((await act('pay', 'alipay', '1', 'percent=10')).stderr).toContain('by-hand-arguments: ');
  });

  test('steps the clock of all, and makes them again what they were', async () => {
    const port = ['--port', await running()];
    const act = (...args: string[]) => topple(cwd, 'mocks', ...args, ...port);
    const file = join(mkdtempSync(join(tmpdir(), 'topple-')), 'snapshot.json');
    onTestFinished(() => rmSync(dirname(file), { recursive: true }));
    await act('order', 'alipay', 'T1', '--amount', '10.00');
    expect((await act('snapshot', file)).stdout).toBe(`written to ${file}\n`);
    expect((await act('step', '25h')).stdout).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z, as fast as real time\n$/);
    expect((await act('scale', '60')).stdout).toContain('Z, 60 times as fast');
    await act('pay', 'alipay', 'T1');
    await act('restore', file);
    expect((await act('orders', 'alipay')).stdout).toContain('T1  TRADE_NOT_EXIST');
    for (const [args, says] of [
      [['step', '-1h'], 'bad-arguments: The arguments of `topple mocks step` cannot be read: -1h is neither an option'],
      [['scale', '-1'], 'bad-arguments: The arguments of `topple mocks scale` cannot be read: -1 is neither an option'],
      [['step', 'soon'], 'refused-by-mocks: The clock cannot go like that'],
      [['scale', 'x'], 'bad-number: scale x'],
      [['snapshot', file], `snapshot-file: The snapshot ${file} cannot be written`],
      [['restore'], 'It is `topple mocks restore FILE`.'],
      [['step', '1h', '2h'], 'It is `topple mocks step DURATION`.'],
    ] as const) {
      const { code, stderr } = await act(...args);
      expect(stderr).toContain(says);
      expect(code).toBe(2);
    }
  });

  test.each([
    [['refund', 'stripe', 'R1', '--amount', '1.00'], '`topple mocks refund` has no --amount.'],
    [
      ['pay', 'alipay', 'T25', '--amount', '5', '--to', 'x', '--seed=4', '--frob'],
      'no --amount, --to, --seed, --frob.',
    ],
    [['--scale', '600', '--ca-out', 'zzz.pem', 'pay', 'alipay', 'T25'], 'pay` has no --scale, --ca-out.'],
    [['orders', 'alipay', '--to', 'http://127.0.0.1/'], '`topple mocks orders` has no --to.'],
    [['step', '25h', '--scale', '60'], '`topple mocks step` has no --scale.'],
  ])('%j has options that it does not take, and nothing is done', async (args, what) => {
    const { code, stdout, stderr } = await topple(cwd, 'mocks', ...args, '--port', '1');
    expect(stderr).toContain(`unknown-options: `);
    expect(stderr).toContain(what);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain('It takes: --port, --json.');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.each([
    [['order', 'alipay', 'T1', '--tls'], '`topple mocks order` has no --tls.', '--port, --json, --amount, --to.'],
    [['--amount', '5'], '`topple mocks` has no --amount.', '--tls, --ca-out, --seed.'],
  ])('%j takes others', async (args, what, takes) => {
    const { code, stderr } = await topple(cwd, 'mocks', ...args);
    expect(stderr).toContain(what);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(takes);
    expect(code).toBe(2);
  });

  test('says how to start mocks that are not there', async () => {
    const { code, stderr } = await topple(cwd, 'mocks', 'orders', 'alipay', '--port', '1');
    expect(stderr).toContain('mocks-not-reached: No mocks answer at http://127.0.0.1:1/');
    expect(code).toBe(4);
    const other = new URL(await saying(200, 'hello')).port;
    expect((await topple(cwd, 'mocks', 'orders', 'alipay', '--port', other)).stderr).toContain('mocks-not-reached: ');
  });
});
