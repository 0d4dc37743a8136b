import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { steppedClock, systemClock } from '../clock.ts';
import { link } from '../fault.ts';
import { providerDown } from '../faults/provider-down.ts';
import { exactly } from '../range.ts';
import { randomFrom } from '../seed.ts';
import { startToxiproxy } from '../toxiproxy/server.ts';
import { createLinks } from '../worlds/embedded/links.ts';
import { disturbanceOf } from './disturbance.ts';
import { armFaults } from './fault-sites.ts';

const place = link('service', 'cloud');
const down = providerDown(place, { afterMs: exactly(10), downMs: exactly(10) });

/** A cloud that counts its calls, behind a link that goes down in its time. */
const startCloud = async () => {
  let heard = 0;
  const cloud = createServer((_request, response) => {
    heard += 1;
    response.end('granted');
  });
  await new Promise<void>((resolve) => cloud.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void cloud.close());
  const server = await startToxiproxy({ random: randomFrom(1), clock: systemClock });
  onTestFinished(() => server.close());
  const links = createLinks(server);
  const address = await links.open(place.id, `127.0.0.1:${(cloud.address() as AddressInfo).port}`);
  const post = async () => (await fetch(`http://${address}/`, { method: 'POST', body: 'grant' })).text();
  return { links, post, heard: () => heard, isDown: async () => !(await post().catch(() => undefined)) };
};

test('a provider that is down hears nothing, each call to it is a hit, and afterwards it answers again', async () => {
  const { links, post, heard, isDown } = await startCloud();
  const clock = steppedClock(0);
  const world = { ...links, asSuperuser: async () => [], strike: () => undefined };
  const disturbance = disturbanceOf(armFaults([down], randomFrom(1)), world, undefined, clock);
  await disturbance.start();
  expect(await post()).toBe('granted');
  clock.advance(10);
  await expect.poll(isDown, { timeout: 20_000 }).toBe(true);
  const heardBefore = heard();
  await expect(post()).rejects.toThrow();
  await expect(post()).rejects.toThrow();
  expect(heard()).toBe(heardBefore);
  clock.advance(10);
  await expect.poll(isDown, { timeout: 20_000 }).toBe(false);
  await disturbance.stop();
  const [hits] = links.hits();
  expect(hits).toMatchObject({ link: place.id, toxic: 'provider-down-0' });
  expect(hits?.connections).toBeGreaterThanOrEqual(3);
  expect(hits?.bytes).toBeGreaterThan(0);
});
