import { expect, test } from 'vitest';
import { scenarios } from '#scenarios/index';
import { noFaults } from '../provider.ts';
import { randomFrom } from '../seed.ts';
import { embedded } from '../worlds/embedded.ts';
import { inLab } from './compose.ts';
import { loadProject, loadTarget } from './load-config.ts';

const providers = scenarios[0]?.providers ?? [];
const slow = { type: 'latency', stream: 'downstream', attributes: { latency: 1, jitter: 0 } } as const;

/** One order that is created, paid, credited and granted goes over every link of the world. */
const topUp = async (world: Awaited<ReturnType<Parameters<Parameters<typeof inLab>[2]>[0]['world']['start']>>) => {
  const target = await loadTarget(process.cwd());
  const amount = { amountMinor: 1000n, currency: 'CNY' };
  const buyer = { idempotencyKey: 'k1', wallet: 'w1', cloudAccount: '1000000000000042' };
  const order = target.http.orderIn(await world.request(target.http.createOrder({ ...buyer, ...amount })));
  if (order === undefined) throw new Error('the order was not created');
  await world.providers.find((provider) => provider.pay !== undefined)?.pay?.(order.reference);
  await expect.poll(async () => (await world.readLedger()).orders[0]?.state, { timeout: 30_000 }).toBe('COMPLETED');
};

test('every link has a proxy: a toxic on each is hit, and removed without a trace', async () => {
  await inLab(await loadProject(process.cwd()), embedded, async ({ world: open, target }) => {
    const elsewhere = { faults: [], random: randomFrom(1), decided: () => undefined };
    const world = await open.start({ target, providers, random: randomFrom(1), siteOf: () => noFaults, elsewhere });
    try {
      expect(world.links.toSorted()).toEqual(
        [
          'alipay-service',
          'service-alibaba-cloud',
          'service-alipay',
          ...target.roles.map((role) => `${role}-postgres`),
        ].sort(),
      );
      for (const link of world.links) await world.addToxic(link, 'slow', slow);
      await topUp(world);
      const touched = world.hits().filter(({ connections, bytes }) => connections > 0 && bytes > 0);
      expect(touched.map(({ link }) => link).sort()).toEqual(world.links.toSorted());
      await world.removeToxics();
    } finally {
      await world.stop();
    }
  });
});
