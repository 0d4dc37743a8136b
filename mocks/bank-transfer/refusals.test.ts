/** What the bank refuses, operation by operation, as http-message-signatures and readers of RFC 9457 meet it. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { systemClock } from '#harness/clock';
import { clockAtNewYear } from '../test-ports.ts';
import { type Shown, testRefusals } from '../test-refusals.ts';
import { bankTransferContract } from './contract.ts';
import { accounts, operations, requestComponents, toleranceMs } from './quirks.ts';
import { openApi, type Signing } from './test-sdk.ts';

/** Each operation asked about `account` so that all else is right; 31 December has no statement yet. */
const paths: Readonly<Record<string, (account?: string) => string>> = {
  [operations.statement]: (account = accounts.USD) => `/v1/accounts/${account}/statements?day=2025-12-30`,
  [operations.transactions]: (account = accounts.USD) => `/v1/accounts/${account}/transactions?`,
  unknown: () => '/v1/none',
};

/** The answer to a call at the new year: signed, in the words and under the status of the contract. */
const askedFor =
  (path: string, signing: Signing = {}, method = 'GET') =>
  async (): Promise<Shown> => {
    const { ask, provider } = await openApi({ clock: clockAtNewYear() });
    const { answer, text, isOfBank } = await ask(path, signing, method);
    const { type, title, status } = JSON.parse(text);
    const code = String(type).slice('https://bank.example/problems/'.length);
    const row = bankTransferContract.errors.find((one) => one.code === code);
    expect({ title, status, isOfBank }).toEqual({ title: row?.message, status: answer.status, isOfBank: true });
    expect([row?.status, answer.headers['content-type']]).toEqual([answer.status, 'application/problem+json']);
    return { code, provider };
  };

const strangeKey = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const nowMs = systemClock.nowMs();

/** How a caller is none of the bank's, or a call no longer what was signed. */
const wrong: Readonly<Record<string, Signing>> = {
  'component-not-signed': { fields: ['@method'] },
  'digest-wrong': { body: 'signed', onTheWay: ({ method, headers }) => ({ method, headers }) },
  'key-unknown': { keyId: 'nobody' },
  'signature-missing': { onTheWay: ({ method }) => ({ method, headers: {} }) },
  'signature-time': { atMs: nowMs - 2 * toleranceMs },
  'signature-unreadable': {
    onTheWay: ({ method, headers: { Signature: _, ...headers } }) => ({ method, headers }),
  },
  'signature-wrong': { privateKey: strangeKey },
};

const ofEvery = (path: string) =>
  Object.fromEntries(Object.entries(wrong).map(([code, signing]) => [code, askedFor(path, signing)]));

const pathOf = (operation: string, account?: string): string => paths[operation]?.(account) ?? '';

const ofAccounts = (operation: string) => ({
  ...ofEvery(pathOf(operation)),
  'no-such-account': askedFor(pathOf(operation, 'DE00')),
  'no-such-page': askedFor(`${pathOf(operation)}&page=2`),
});

testRefusals('bank-transfer', {
  [operations.statement]: {
    ...ofAccounts(operations.statement),
    'no-such-day': askedFor(pathOf(operations.statement).replace('2025-12-30', '2025-02-30')),
    'statement-not-ready': askedFor(pathOf(operations.statement).replace('2025-12-30', '2025-12-31')),
  },
  [operations.transactions]: {
    ...ofAccounts(operations.transactions),
    'no-such-entry': askedFor(`${pathOf(operations.transactions)}entryReferenceFrom=9`),
  },
  unknown: {
    ...ofEvery('/v1/none'),
    'method-not-allowed': askedFor(pathOf(operations.transactions), { body: '' }, 'POST'),
    'no-such-route': askedFor('/v1/none'),
  },
});

describe('are refused alike:', () => {
  const transactions = pathOf(operations.transactions);

  test.each(requestComponents)('who leaves out %s', async (component) => {
    const fields = requestComponents.filter((one) => one !== component);
    expect((await askedFor(transactions, { fields })()).code).toBe('component-not-signed');
  });

  test('who has a body and does not sign its digest', async () => {
    const signing = { body: 'x', fields: requestComponents };
    expect((await askedFor(transactions, signing, 'POST')()).code).toBe('component-not-signed');
  });

  test('who sends another body than was signed', async () => {
    const onTheWay: Signing['onTheWay'] = (signed) => ({ ...signed, body: 'y' });
    expect((await askedFor(transactions, { body: 'x', onTheWay }, 'POST')()).code).toBe('digest-wrong');
  });

  test('who signs in the future', async () => {
    expect((await askedFor(transactions, { atMs: nowMs + 2 * toleranceMs })()).code).toBe('signature-time');
  });

  test.each(['sig=::', 'sig', 'other=:AAAA:'])('who has %j for a signature', async (signature) => {
    const onTheWay: Signing['onTheWay'] = ({ method, headers }) => ({ method, headers: { ...headers, signature } });
    expect((await askedFor(transactions, { onTheWay })()).code).toBe('signature-unreadable');
  });
});
