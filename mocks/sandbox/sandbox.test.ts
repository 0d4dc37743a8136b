/**
 * The contracts, run as against the vendors, whose part a second mock on a socket takes: with other numbers, and, for
 * Stripe, behind a key of the vendor's form.
 */
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { exitCodes } from '#harness/exit-codes';
import { noFaults, type OpenProvider } from '#harness/provider';
import { randomFrom } from '#harness/seed';
import type { Behaviour } from '../behaviours/behaviour.ts';
import { openBehaviours } from '../behaviours/site.ts';
import { openSocketDoor } from '../doors/socket.ts';
import { providers } from '../index.ts';
import { testPorts } from '../test-ports.ts';
import { alipay } from './alipay.ts';
import type { Contract, Environment } from './contract.ts';
import { runContracts } from './run.ts';
import { stripe } from './stripe.ts';

const testKey = 'sk_test_toppleInTheVendorsPlace';
const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** The mock under the vendor's key instead of its own. */
const underTestKey = (provider: OpenProvider): OpenProvider => ({
  ...provider,
  handle: (call) => {
    const given = call.headers.authorization ?? '';
    const authorization = given.replace(testKey, provider.identity.secretKey ?? '');
    const { method, path, query, rawQuery, headers, body } = call;
    return provider.handle({ method, path, query, rawQuery, body, headers: { ...headers, authorization } });
  },
});

/** A vendor that answers at the address which is returned, and what it issued. */
const openVendor = async (id: Contract['id'], behaviours: readonly Behaviour[] = []) => {
  const spoilt = openBehaviours(noFaults);
  const provider = providers[id].open(testPorts({ random: randomFrom('the vendor'), site: spoilt.site }));
  spoilt.add(behaviours, provider.failings);
  const door = await openSocketDoor(id === 'stripe' ? underTestKey(provider) : provider);
  closers.push(door.close, provider.stop);
  return { url: door.url, identity: provider.identity };
};

const anotherKey = (): string =>
  generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const keyFile = (text: string): string => {
  const dir = mkdtempSync(join(tmpdir(), 'topple-sandbox-'));
  closers.push(() => rmSync(dir, { recursive: true }));
  const file = join(dir, 'app.pem');
  writeFileSync(file, text);
  return file;
};

const environment = async (id: Contract['id'], behaviours?: readonly Behaviour[]): Promise<Environment> => {
  const { url, identity } = await openVendor(id, behaviours);
  if (id === 'stripe') return { STRIPE_TEST_KEY: testKey, STRIPE_TEST_URL: url };
  return {
    ALIPAY_SANDBOX_URL: `${url}/`,
    ALIPAY_SANDBOX_APP_ID: identity.appId,
    ALIPAY_SANDBOX_PRIVATE_KEY: keyFile(identity.appPrivateKey ?? ''),
    ALIPAY_PUBLIC_KEY: identity.alipayPublicKey,
  };
};

const run = async (env: Environment, contracts: readonly Contract[], isStrict = true) => {
  const lines: string[] = [];
  const print = (line: string) => lines.push(line);
  const exitCode = await runContracts({ contracts, env, isStrict, wall: systemClock, print });
  return { exitCode, lines, text: lines.join('\n') };
};

const contracts = { alipay, stripe } as const;

test.each([
  { id: 'alipay', calls: 37 },
  { id: 'stripe', calls: 60 },
] as const)('$id: two mocks do not differ in any call, however strictly', async ({ id, calls }) => {
  const { exitCode, lines, text } = await run(await environment(id), [contracts[id]]);
  expect(text).not.toContain('DIFFERENT');
  expect(exitCode).toBe(exitCodes.pass);
  expect(lines.filter((line) => line.startsWith('  same '))).toHaveLength(calls);
  expect(text).toContain('left out, and why:');
});

describe('a difference is found and shown', () => {
  test.each<{ id: Contract['id']; what: string; behaviour: Behaviour; says: readonly string[] }>([
    {
      id: 'alipay',
      what: 'another refusal',
      behaviour: { does: 'throttled', operation: 'alipay.trade.close' },
      says: [
        'DIFFERENT  close what nobody has scanned',
        'body.sub_code: vendor "isv.app-call-limited", mock "ACQ.TRADE_NOT_EXIST"',
      ],
    },
    {
      id: 'alipay',
      what: 'a number that was tampered with, and no signature that verifies',
      behaviour: { does: 'tampered', operation: 'alipay.trade.precreate' },
      says: ['NO ANSWER', '验签失败'],
    },
    {
      id: 'stripe',
      what: 'money',
      behaviour: { does: 'captured-short', percent: 10 },
      says: ['DIFFERENT  confirm with a card that pays', 'body.amount_received: vendor 8000, mock 8888'],
    },
    {
      id: 'stripe',
      what: 'a failure',
      behaviour: { does: 'unavailable', operation: 'POST /v1/refunds' },
      says: ['status: vendor 500, mock 400', 'error.type: vendor "api_error", mock "invalid_request_error"'],
    },
  ])('$id: $what', async ({ id, behaviour, says }) => {
    const { exitCode, text } = await run(await environment(id, [behaviour]), [contracts[id]]);
    for (const one of says) expect(text).toContain(one);
    expect(exitCode).toBe(text.includes('NO ANSWER') ? exitCodes.environment : exitCodes.violated);
  });
});

describe('credentials', () => {
  test('that are missing skip their provider by name, and nothing compared is no success', async () => {
    const { exitCode, text } = await run({}, [alipay, stripe]);
    expect(exitCode).toBe(exitCodes.unknown);
    for (const name of ['ALIPAY_SANDBOX_APP_ID', 'ALIPAY_SANDBOX_PRIVATE_KEY', 'ALIPAY_PUBLIC_KEY', 'STRIPE_TEST_KEY'])
      expect(text).toContain(`  ${name}: `);
    expect(text.match(/SKIPPED/g)).toHaveLength(2);
  });

  test.each<{ contract: Contract; of: string; change: Environment }>([
    { contract: stripe, of: 'STRIPE_TEST_KEY', change: { STRIPE_TEST_KEY: 'sk_live_toppleInTheVendorsPlace' } },
    { contract: stripe, of: 'STRIPE_TEST_KEY', change: { STRIPE_TEST_KEY: 'xsk_test_topple' } },
    { contract: stripe, of: 'STRIPE_TEST_URL', change: { STRIPE_TEST_URL: 'api.stripe.com' } },
    { contract: alipay, of: 'ALIPAY_SANDBOX_URL', change: { ALIPAY_SANDBOX_URL: 'https://openapi.alipay.com' } },
    { contract: alipay, of: 'ALIPAY_SANDBOX_URL', change: { ALIPAY_SANDBOX_URL: 'https://openapi.alipay.com./' } },
    { contract: alipay, of: 'ALIPAY_SANDBOX_APP_ID', change: { ALIPAY_SANDBOX_APP_ID: 'mine' } },
    { contract: alipay, of: 'ALIPAY_SANDBOX_PRIVATE_KEY', change: { ALIPAY_SANDBOX_PRIVATE_KEY: '/none' } },
    { contract: alipay, of: 'ALIPAY_PUBLIC_KEY', change: { ALIPAY_PUBLIC_KEY: 'a word' } },
  ])('that are of no test environment are refused: $change', async ({ contract, of, change }) => {
    const { exitCode, text } = await run({ ...(await environment(contract.id)), ...change }, [contract]);
    expect(exitCode).toBe(exitCodes.usage);
    expect(text).toContain(`REFUSED ${of}`);
    expect(text).not.toContain('same ');
  });

  test.each<{ contract: Contract; of: string; change: () => Environment }>([
    { contract: stripe, of: 'STRIPE_TEST_KEY', change: () => ({ STRIPE_TEST_KEY: 'sk_test_ofNobody' }) },
    {
      contract: alipay,
      of: 'ALIPAY_SANDBOX_APP_ID',
      change: () => ({ ALIPAY_SANDBOX_APP_ID: '2021000000000009' }),
    },
    {
      contract: alipay,
      of: 'ALIPAY_SANDBOX_PRIVATE_KEY',
      change: () => ({ ALIPAY_SANDBOX_PRIVATE_KEY: keyFile(anotherKey()) }),
    },
  ])('that the vendor does not know are refused before anything is compared: $of', async ({ contract, of, change }) => {
    const { exitCode, text } = await run({ ...(await environment(contract.id)), ...change() }, [contract]);
    expect(text).toContain(`REFUSED ${of}: the vendor `);
    expect(text).not.toContain('DIFFERENT');
    expect(exitCode).toBe(exitCodes.usage);
  });

  test.each(['alipay', 'stripe'] as const)(
    'of %s are never printed, not even by a vendor that repeats them',
    async (id) => {
      const env = await environment(id);
      const named = { ...contracts[id], leftOut: Object.values(contracts[id].read(env, 'http://127.0.0.1')) };
      const { text } = await run(env, [named]);
      expect(text).toContain('{credential}');
      for (const secret of named.leftOut.flatMap((one) => one.split('\n')).filter((line) => !/^(-----.*)?$/.test(line)))
        expect(text).not.toContain(secret);
    },
  );

  const program = (...args: readonly string[]) => {
    const main = [join(import.meta.dirname, '../../bin/topple.js'), 'exec', join(import.meta.dirname, 'main.ts')];
    return spawnSync(process.execPath, [...main, ...args], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  };

  test('of a provider that has no test environment are not looked for', () => {
    const { status, stderr } = program('--provider', 'wechat-pay');
    expect(stderr).toBe('--provider wechat-pay has no test environment to compare with: it is alipay or stripe.\n');
    expect(status).toBe(exitCodes.usage);
  });

  test('and the program says what it skips, and ends with 3', () => {
    const { status, stdout } = program();
    expect(stdout).toContain('alipay: SKIPPED');
    expect(stdout).toContain('stripe: SKIPPED');
    expect(status).toBe(exitCodes.unknown);
  });

  test('that reach nobody are no verdict', async () => {
    const env = { STRIPE_TEST_KEY: testKey, STRIPE_TEST_URL: 'http://127.0.0.1:1' };
    const { exitCode, text } = await run(env, [stripe]);
    expect(exitCode).toBe(exitCodes.environment);
    expect(text).toContain('stripe: NO ANSWER from http://127.0.0.1:1');
  });
});
