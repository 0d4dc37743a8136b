import { expect, test } from 'vitest';
import { loads } from '#scenarios/load/index';
import { providerDown } from '../faults/provider-down.ts';
import { exactly } from '../range.ts';
import type { Target } from '../target.ts';
import { outageOf, timedFault } from './timed-faults.ts';

const load = loads.find(({ id }) => id === 'retry-storm') ?? expect.unreachable();
const target = { roles: ['front', 'back'] } as unknown as Target;
const plan = (text: string, ...settings: readonly (readonly [owner: string, param: string, value: number])[]) =>
  timedFault(
    text,
    load,
    target,
    settings.map(([owner, param, value]) => ({ owner, param, range: exactly(value) })),
  );

test('a provider that is away is away on the link to the payment provider, unless another link is named', () => {
  expect(plan('provider-down@30s..1m')).toMatchObject({
    fault: providerDown,
    at: { id: 'service-alipay' },
    during: { afterMs: 30_000, lengthMs: 30_000 },
    ranges: { afterMs: exactly(30_000), downMs: exactly(30_000) },
    hitsMin: 1,
  });
  expect(plan('provider-down:service-alibaba-cloud@0..500ms').at.id).toBe('service-alibaba-cloud');
  expect(plan('provider-down:front-postgres@1s..2s').at.id).toBe('front-postgres');
});

test('other faults on a link take their parameters from --set', () => {
  const during = { afterMs: 1_000, lengthMs: 1_000 };
  expect(plan('latency@1s..2s', ['latency', 'latencyMs', 40])).toMatchObject({
    ranges: { latencyMs: exactly(40) },
    during,
  });
});

test.each([
  ['provider-down', 'bad-timed-fault'],
  ['provider-down@30s', 'bad-timed-fault'],
  ['provider-down@5s..5s', 'bad-timed-fault'],
  ['provider-down@9s..5s', 'bad-timed-fault'],
  ['provider-down@a..b', 'bad-timed-fault'],
  ['nope@1s..2s', 'unknown-name'],
  ['provider-down:nowhere@1s..2s', 'unknown-name'],
  ['drop-webhook@1s..2s', 'not-on-link'],
  ['lose-commit-answers@1s..2s', 'not-on-link'],
  ['latency@1s..2s', 'out-of-range'],
])('%s is refused: %s', (text, code) => {
  expect(() => plan(text)).toThrow(expect.objectContaining({ code, exitCode: 2 }));
});

test('the outage of a load keeps its share of however long it lasts', () => {
  const shares = load.outage ?? expect.unreachable();
  const [outage] = outageOf(load, 100);
  expect(outage?.during).toEqual({
    afterMs: shares.fromPercent * 1_000,
    lengthMs: (shares.untilPercent - shares.fromPercent) * 1_000,
  });
  expect(outageOf(loads.find(({ id }) => id === 'flash-sale') ?? expect.unreachable(), 100)).toEqual([]);
});
