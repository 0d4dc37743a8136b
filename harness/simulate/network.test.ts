/** Every fate of a call and of a webhook: what the provider did, and what the other side heard of it. */
import { expect, test } from 'vitest';
import { sleep } from '../clock.ts';
import type { Call, OpenProvider } from '../provider.ts';
import type { Chooser } from './choices.ts';
import { openJournal } from './journal.ts';
import { hostOf, Network } from './network.ts';
import { runSteps } from './steps.ts';
import { virtualClock } from './virtual-clock.ts';

/** A world of one provider, where the first thing that is sent meets `fate`. */
const worldOf = (fate: string, isHarmful = true, repeatsEffect = false) => {
  const clock = virtualClock(0);
  const journal = openJournal();
  const calls: Call[] = [];
  const received: string[] = [];
  const chooser: Chooser = {
    choose: ({ options }) =>
      Math.max(
        0,
        options.findIndex((option) => option.endsWith(fate)),
      ),
  };
  const network = new Network({
    clock,
    journal,
    chooser,
    isHarmful: () => isHarmful,
    receive: async ({ eventId }) => {
      received.push(eventId);
      return { status: 200, body: 'success' };
    },
  });
  const handle = (call: Call) => {
    calls.push(call);
    return { status: 200, headers: {}, body: Buffer.from('done') };
  };
  network.attach({ id: 'bank', handle, repeatsEffect: () => repeatsEffect } as unknown as OpenProvider);
  const run = <T>(goal: Promise<T>) =>
    runSteps({ sources: [network, clock.due], lastResort: clock, chooser, journal }, goal);
  return { clock, network, calls, received, run };
};

const request = { method: 'POST', headers: { 'X-Sign': 's' }, body: 'b' };
const ask = ({ network }: ReturnType<typeof worldOf>) =>
  network
    .httpOf('api')(`http://${hostOf('bank')}/pay?a=1`, request)
    .then(
      async (answer) => `${answer.status} ${await answer.text()}`,
      (error: Error) => error.message,
    );

test.each([
  ['is answered', 1, '200 done'],
  ['is not sent', 0, 'connection refused'],
  ['loses its answer', 1, 'no answer within 5000 ms'],
  ['is done twice', 2, '200 done'],
])('a call that %s is done %i times, and its client hears: %s', async (fate, times, heard) => {
  const world = worldOf(fate);
  expect(await world.run(ask(world))).toBe(heard);
  expect(world.calls).toHaveLength(times);
});

test('a call that would have its effect once more is not done twice', async () => {
  const world = worldOf('is done twice', true, true);
  expect(await world.run(ask(world))).toBe('200 done');
  expect(world.calls).toHaveLength(1);
});

test('a call that is done late is done after its client gave up, or before', async () => {
  const world = worldOf('is done late');
  const heard = world.run(Promise.all([ask(world), sleep(world.clock, 10_000)]));
  expect((await heard)[0]).toBe('no answer within 5000 ms');
  expect(world.calls).toHaveLength(1);
});

test('a call arrives as an HTTP client would send it', async () => {
  const world = worldOf('is answered');
  await world.run(ask(world));
  const [call] = world.calls;
  expect(call).toMatchObject({ method: 'POST', path: '/pay', headers: { host: 'bank.simulated', 'x-sign': 's' } });
  expect([call?.query.get('a'), Buffer.from(call?.body ?? []).toString()]).toEqual(['1', 'b']);
});

test.each([
  ['is delivered', 1, 200],
  ['is lost', 0, 0],
  ['loses its answer', 1, 0],
  ['is delivered twice', 2, 200],
])('a webhook that %s arrives %i times, and its provider hears %i', async (fate, times, status) => {
  const world = worldOf(fate);
  const webhook = { url: 'http://x', headers: {}, body: new Uint8Array(), reference: 'r', eventId: 'n1', attempt: 1 };
  expect((await world.run(world.network.deliver(webhook))).status).toBe(status);
  expect(world.received).toEqual(Array.from({ length: times }, () => 'n1'));
});

test('in a healed world nothing comes to harm', async () => {
  const world = worldOf('is not sent', false);
  expect(await world.run(ask(world))).toBe('200 done');
});

test('a host that nobody has is an error of the caller', async () => {
  const world = worldOf('is answered');
  await expect(world.network.httpOf('api')('http://elsewhere/', request)).rejects.toThrow(
    'nobody listens at elsewhere',
  );
});
