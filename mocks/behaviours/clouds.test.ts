/** What clouds do by request, as each vendor's SDK takes it; and that what was refused granted nothing. */
import { describe, expect, test } from 'vitest';
import { type CallFate, noFaults } from '#harness/provider';
import { clockAtNewYear } from '../test-ports.ts';
import { clouds, codeOf } from './test-clouds.ts';

describe.each(Object.entries(clouds))('%s', (_, { open, throttled, unavailable, noFunds }) => {
  /** A cloud whose next calls meet `fates`, and whose clock stands. */
  const misbehaving = async (...fates: readonly CallFate[]) => {
    const left = [...fates];
    const clock = clockAtNewYear();
    const site = { ...noFaults, onCall: () => left.shift() ?? 'answer' };
    return { cloud: await open({ site, clock }), clock };
  };
  const spoil = (name: string, isDone = false): CallFate => ({ how: 'spoil', spoil: name, isDone });

  test.each([
    { name: 'throttled', code: throttled },
    { name: 'unavailable', code: unavailable },
    { name: 'no-funds', code: noFunds },
  ])('$name: refused in the vendor’s words, and nothing granted unless it was asked to be', async ({ name, code }) => {
    const { cloud } = await misbehaving(spoil(name), spoil(name, true));
    expect(codeOf(await cloud.grant().catch((error: unknown) => error))).toBe(code);
    expect(cloud.provider.records().grants).toEqual([]);
    expect(codeOf(await cloud.grant().catch((error: unknown) => error))).toBe(code);
    expect(cloud.provider.records().grants.length).toBe(1);
    expect(await cloud.held()).toBe(10);
  });

  test('failed-inside: HTTP 200 that is no success', async () => {
    const { cloud } = await misbehaving(spoil('failed-inside'));
    const ended = await cloud.grant().catch((error: unknown) => error);
    // Huawei Cloud's SDK takes it for an answer, in which the grant's number is missing.
    expect(ended === false ? 'no number' : codeOf(ended)).toEqual(expect.any(String));
    const { grants, calls } = cloud.provider.records();
    expect({ grants, calls }).toMatchObject({ grants: [], calls: [{ outcome: 200, misdeed: 'failed-inside' }] });
  });

  test('tampered: a figure was changed on its way', async () => {
    const { cloud } = await misbehaving('answer', spoil('tampered'));
    await cloud.grant();
    expect(await cloud.held()).toBeGreaterThan(10);
    expect(await cloud.held()).toBe(10);
  });

  test('stale: queries know what was so an hour ago', async () => {
    const hour: CallFate = { how: 'stale', lagMs: 3_600_000 };
    const { cloud, clock } = await misbehaving('answer', 'answer', hour, hour);
    await cloud.grant();
    clock.advance(5_400_000);
    await cloud.grant();
    expect([await cloud.held(), await cloud.listed()]).toEqual([10, 1]);
    expect([await cloud.held(), await cloud.listed()]).toEqual([20, 2]);
  });

  test('late: the connection breaks, and the grant is done afterwards', async () => {
    const { cloud, clock } = await misbehaving({ how: 'late', afterMs: 60_000 });
    await expect(cloud.grant()).rejects.toThrow();
    expect(await cloud.held()).toBe(0);
    clock.advance(60_000);
    expect(await cloud.held()).toBe(10);
  });

  test('twice: who sends a call again has it done again, unless a nonce or a key forbids it', async () => {
    const { cloud } = await misbehaving({ how: 'twice' });
    await cloud.grant().catch(() => undefined);
    const isGuarded = cloud.provider.id === 'alibaba-cloud';
    expect(cloud.provider.records().grants.length).toBe(isGuarded ? 1 : 2);
  });
});
