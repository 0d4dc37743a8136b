import { expect, test } from 'vitest';
import { steppedClock } from '../clock.ts';
import { link } from '../fault.ts';
import { providerDown } from '../faults/provider-down.ts';
import type { ProviderCall } from '../provider.ts';
import { exactly } from '../range.ts';
import { tellProgress } from './load-progress.ts';
import { planRun } from './plan.ts';
import { payment } from './test-books.ts';
import { sampleScenario } from './test-scenario.ts';

test('what was paid, how often providers were asked, and whether the fault is on, once a second', () => {
  const clock = steppedClock(0);
  const at = link('service', 'alipay');
  const down = {
    ...providerDown(at, { afterMs: exactly(2_500), downMs: exactly(1_000) }),
    during: { afterMs: 2_500, lengthMs: 1_000 },
  };
  const plan = planRun({ ...sampleScenario, faults: [down] }, 1);
  let [paid, arrived, lost] = [0, 0, 0];
  const world = {
    providers: [
      {
        id: 'alipay',
        idle: () => true,
        records: () => ({
          payments: Array.from({ length: paid }, () => payment()),
          calls: Array.from({ length: arrived }, () => ({}) as ProviderCall),
          grants: [],
          deliveries: [],
        }),
      },
    ],
    hits: () => [{ link: at.id, toxic: 'provider-down-0', connections: lost, bytes: 1 }],
  };
  const lines: string[] = [];
  const stop = tellProgress(world, plan, clock, (line) => lines.push(line));
  [paid, arrived] = [1, 4];
  clock.advance(1_000);
  [paid, arrived] = [3, 7];
  clock.advance(1_000);
  [lost, arrived] = [5, 8];
  clock.advance(1_000);
  clock.advance(1_000);
  stop();
  clock.advance(5_000);
  expect(lines).toEqual([
    '0 paid, 0 calls/s, provider-down in 3 s',
    '1 paid, 4 calls/s, provider-down in 2 s',
    '3 paid, 3 calls/s, provider-down in 1 s',
    '3 paid, 6 calls/s, provider-down on',
    '3 paid, 0 calls/s, provider-down over',
  ]);
});
