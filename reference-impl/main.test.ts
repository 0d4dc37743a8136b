import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, inject, test } from 'vitest';
import { testConfig } from './test-world.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const {
  payments: { alipay },
  clouds: { 'alibaba-cloud': cloud },
} = testConfig;

const environment = (): Record<string, string> => ({
  PATH: process.env.PATH ?? '',
  DATABASE_URL: inject('postgresUrl').replace('postgres@', ''),
  API_TOKEN: 'token',
  WEBHOOK_URL: 'http://webhooks.test',
  ALIPAY_GATEWAY_URL: alipay?.gatewayUrl ?? '',
  ALIPAY_APP_ID: 'app',
  ALIPAY_APP_PRIVATE_KEY: alipay?.appPrivateKey ?? '',
  ALIPAY_PUBLIC_KEY: alipay?.alipayPublicKey ?? '',
  ALIPAY_SELLER_ID: 'seller',
  ALIBABA_CLOUD_URL: cloud?.url ?? '',
  ALIBABA_CLOUD_ACCESS_KEY_ID: 'id',
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'secret',
});

/** Runs the process until it ends, or until it has said `lines` lines that it listens; then stops it. */
const run = (args: readonly string[], env: Record<string, string>, lines = Number.POSITIVE_INFINITY) =>
  new Promise<{ code: number | null; errors: string; ports: number[] }>((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], { env });
    let errors = '';
    let output = '';
    const ports = (): number[] =>
      output
        .split('\n')
        .flatMap((line) => (line.includes('"msg":"listening"') ? [(JSON.parse(line) as { port: number }).port] : []));
    child.stderr.on('data', (chunk) => {
      errors += String(chunk);
    });
    child.stdout.on('data', (chunk) => {
      output += String(chunk);
      if (!child.killed && output.endsWith('\n') && ports().length >= lines) child.kill('SIGTERM');
    });
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, errors, ports: ports() }));
  });

test.each([
  { args: [], says: '--role is one of' },
  { args: ['--role', 'cashier'], says: '--role is one of' },
  { args: ['--role', 'api', '--defect', 'none'], says: 'there is no defect "none"; known: account-' },
  { args: ['--rôle', 'api'], says: 'Unknown option' },
  { args: ['--role', 'webhooks'], says: 'ALIPAY_SELLER_ID is missing' },
])('$args leaves with 2 and says "$says"', async ({ args, says }) => {
  const { code, errors } = await run(args, { PATH: process.env.PATH ?? '' });
  expect([code, errors]).toEqual([2, expect.stringContaining(says)]);
});

test('all roles in one process listen on ports of their own and end cleanly at a signal', async () => {
  const { code, errors, ports } = await run(['--role', 'all'], environment(), 4);
  expect([code, errors, new Set(ports).size]).toEqual([0, '', 4]);
});
