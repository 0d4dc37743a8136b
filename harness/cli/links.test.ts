import { expect, test } from 'vitest';
import { everyPair } from '#scenarios/every-pair';
import { noFaults } from '../provider.ts';
import type { Route } from '../route.ts';
import { randomFrom } from '../seed.ts';
import { embedded } from '../worlds/embedded.ts';
import { inLab } from './compose.ts';
import { loadProject, loadTarget } from './load-config.ts';

/** Every payment provider, and one cloud. */
const [routes, providers] = [
  (everyPair.routes ?? []).filter(({ grantBy }) => grantBy === 'ChangeResellerConsumeAmount'),
  everyPair.providers.filter(({ id, serves }) => serves === 'payment' || id === 'alibaba-cloud'),
];
const slow = { type: 'latency', stream: 'downstream', attributes: { latency: 1, jitter: 0 } } as const;

type World = Awaited<ReturnType<Parameters<Parameters<typeof inLab>[2]>[0]['world']['start']>>;

/** An order that is created, paid, credited and granted goes over every link of its providers and of the roles. */
const topUp = async (world: World, via: Route, nth: number) => {
  const target = await loadTarget(process.cwd());
  const { payment, currency } = via;
  const buyer = { idempotencyKey: `k${nth}`, wallet: `w${nth}`, cloudAccount: `100000000000004${nth}` };
  const asked = target.http.createOrder({ ...buyer, amountMinor: 1000n, currency, via });
  const order = target.http.orderIn(await world.request(asked));
  if (order === undefined) throw new Error(`the order over ${payment} was not created`);
  await world.providers.find(({ id }) => id === payment)?.pay?.(order.reference, { amountMinor: 1_000n, currency });
  const state = async () => (await world.readLedger()).orders.find(({ id }) => id === order.id)?.state;
  await expect.poll(state, { timeout: 30_000 }).toBe('COMPLETED');
};

test('every link has a proxy: a toxic on each is hit, and removed without a trace', async () => {
  await inLab(await loadProject(process.cwd()), embedded, async ({ world: open, target }) => {
    const elsewhere = { faults: [], random: randomFrom(1), decided: () => undefined };
    const world = await open.start({ target, providers, random: randomFrom(1), siteOf: () => noFaults, elsewhere });
    try {
      expect(world.links.toSorted()).toEqual(
        [
          ...providers.map(({ id }) => `service-${id}`),
          ...routes.map(({ payment }) => `${payment}-service`),
          ...target.roles.map((role) => `${role}-postgres`),
        ].sort(),
      );
      for (const link of world.links) await world.addToxic(link, 'slow', slow);
      for (const [nth, route] of routes.entries()) await topUp(world, route, nth);
      const touched = world.hits().filter(({ connections, bytes }) => connections > 0 && bytes > 0);
      expect(touched.map(({ link }) => link).sort()).toEqual(world.links.toSorted());
      await world.removeToxics();
    } finally {
      await world.stop();
    }
  });
});
