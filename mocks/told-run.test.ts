import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '#harness/clock';
import type { PlannedFault } from '#harness/fault';
import { captureShort } from '#harness/faults/capture-short';
import { exactly } from '#harness/range';
import { randomFrom } from '#harness/seed';
import { openRemoteMocks } from '#harness/worlds/remote/remote-mocks';
import { ask, order } from './alipay/test-calls.ts';
import { providers } from './index.ts';
import { serveMocks } from './serve.ts';
import { testPorts } from './test-ports.ts';

const half = captureShort(providers.alipay, { sharePercent: exactly(100), shortPercent: exactly(50) });

const serve = async (more: { recordsMax?: number } = {}) => {
  const mocks = await serveMocks({ clock: systemClock, wall: systemClock, random: randomFrom('told'), ...more });
  onTestFinished(() => mocks.close());
  const described = Object.entries(mocks.description.providers);
  const urls = Object.fromEntries(described.map(([id, { url }]) => [id, url]));
  const identity = mocks.description.providers.alipay?.identity ?? {};
  /** An order of this reference over HTTP. */
  const place = async (reference: string): Promise<void> => {
    const queries: string[] = [];
    const signer = providers.alipay.open(testPorts());
    const handle: typeof signer.handle = (call) => {
      queries.push(call.query.toString());
      return signer.handle(call);
    };
    ask({ ...signer, identity, handle }, 'precreate', { ...order, out_trade_no: reference });
    expect((await fetch(`${urls.alipay}/gateway.do?${queries[0]}`, { method: 'POST' })).status).toBe(200);
  };
  return { urls, place };
};

const open = async (urls: Readonly<Record<string, string>>, faults: readonly PlannedFault[]) => {
  const decided: string[][] = [];
  const hear = (index: number, references: readonly string[]): void => {
    decided[index] = [...new Set([...(decided[index] ?? []), ...references])];
  };
  const elsewhere = { faults, random: randomFrom('run'), decided: hear };
  const mocks = await openRemoteMocks(urls, Object.values(providers), elsewhere);
  const [, alipay] = mocks.providers;
  if (alipay?.pay === undefined) throw new Error('alipay takes payments');
  return { ...mocks, alipay, pay: alipay.pay, decided };
};

describe('mocks that are told of a run', () => {
  test('do what its faults decide, until these are over, and tell what came of it', async () => {
    const { urls, place } = await serve();
    const { alipay, pay, catchUp, disarm, decided } = await open(urls, [half]);
    await place('T1');
    await place('T2');
    await pay('T1');
    expect(alipay.records().payments).toEqual([]);
    expect(alipay.idle()).toBe(true);
    await catchUp();
    expect(alipay.records().payments).toMatchObject([{ reference: 'T1', amountMinor: 500n, currency: 'CNY' }]);
    expect(decided).toEqual([['T1']]);
    await disarm();
    await pay('T2');
    await catchUp();
    expect(alipay.records().payments).toMatchObject([{ amountMinor: 500n }, { reference: 'T2', amountMinor: 1000n }]);
    expect(alipay.idle()).toBe(false);
    expect(decided).toEqual([['T1']]);
  });

  test('know only what is newer than the run', async () => {
    const { urls, place } = await serve();
    const first = await open(urls, []);
    await place('T1');
    await first.pay('T1');
    const second = await open(urls, [half]);
    expect(second.alipay.records()).toMatchObject({ payments: [], calls: [] });
    await place('T2');
    await second.pay('T2');
    await second.catchUp();
    expect(second.alipay.records().payments).toMatchObject([{ reference: 'T2', amountMinor: 500n }]);
  });

  test.each([
    { what: 'a fault that they do not know', id: 'meteor', why: 'there is no fault' },
    { what: 'a payment that cannot be', id: undefined, why: '404' },
  ])('$what is refused in their own words', async ({ id, why }) => {
    const { urls } = await serve();
    const strange = { ...half, fault: { ...half.fault, id: id ?? half.fault.id } };
    const doing = open(urls, [strange]).then(({ pay }) => pay('T9'));
    await expect(doing).rejects.toMatchObject({ code: 'mock-refused', exitCode: 4, why: expect.stringContaining(why) });
  });

  test('keep all records of it, and of what was before as many as of any', async () => {
    const { urls, place } = await serve({ recordsMax: 2 });
    const references = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'];
    for (const reference of references) await place(reference);
    const before = await fetch(`${urls.alipay}/__topple/records`).then((answer) => answer.json());
    expect(before).toMatchObject({ calls: [{ reference: 'T6' }, { reference: 'T7' }] });
    const { alipay, catchUp } = await open(urls, []);
    for (const reference of references) await place(`${reference}-again`);
    await catchUp();
    expect(alipay.records().calls.map(({ reference }) => reference)).toEqual(references.map((one) => `${one}-again`));
  });
});

test('a page in a browser cannot tell them of a run', async () => {
  const { urls } = await serve();
  const headers = { origin: 'https://evil.test' };
  expect((await fetch(`${urls.alipay}/__topple/run`, { method: 'DELETE', headers })).status).toBe(403);
});
