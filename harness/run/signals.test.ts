import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { sleep, systemClock } from '../clock.ts';
import { lookingAt, watchSignals } from './signals.ts';

const rules = { path: 'rules.yml', text: 'groups: [{ name: g, rules: [{ alert: Broken, expr: broken > 0 }] }]' };
const thresholds = {
  mode: 'absolute',
  steps: [
    { value: null, color: 'green' },
    { value: 0.5, color: 'red' },
  ],
};
const panel = {
  id: 1,
  type: 'stat',
  title: 'No breach',
  targets: [{ expr: 'broken', legendFormat: 'now' }],
  options: { reduceOptions: { calcs: ['last'], values: false } },
  fieldConfig: { defaults: { thresholds } },
};
const board = { path: 'board.json', text: JSON.stringify({ panels: [panel] }) };

test('a slow scrape widens what counts as the same moment: its sample is dated by its start', async () => {
  let brokenSinceMs = Number.POSITIVE_INFINITY;
  let isWatched = false;
  const server = createServer((_request, response) => {
    const isSlow = isWatched && brokenSinceMs === Number.POSITIVE_INFINITY;
    if (isSlow) brokenSinceMs = systemClock.nowMs() + 100; // within this scrape
    void sleep(systemClock, isSlow ? 200 : 0).then(() => {
      response.end(`broken ${systemClock.nowMs() >= brokenSinceMs ? 1 : 0}\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`;
  const world = { metrics: [{ instance: 'a', url }] };
  const watch = await watchSignals(
    { world, job: 'j' },
    lookingAt({ rules, board, intervalMs: 20 }, undefined),
    systemClock,
  );
  isWatched = true;
  await expect.poll(() => watch.isFiring('Broken'), { timeout: 30_000, interval: 5 }).toBe(true);
  const { signals } = await watch.stop({ detectMsMax: 1, slowMsMax: new Map(), agesMs: new Map() }, new Map());
  const redMs = signals.colours.get('No breach')?.find(({ colour }) => colour === 'red')?.atMs ?? expect.unreachable();
  expect(redMs).toBeLessThan(brokenSinceMs);
  expect(redMs).toBeGreaterThanOrEqual(brokenSinceMs - signals.toleranceMs);
});
