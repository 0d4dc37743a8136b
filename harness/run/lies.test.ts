import { expect, test } from 'vitest';
import type { FetchPage } from '../observe/scrape-target.ts';
import { type Lie, lies } from './lies.ts';

const lieCalled = (id: string): Lie => lies.find((lie) => lie.id === id) ?? expect.unreachable();
const pageOf = async (get: FetchPage | undefined) =>
  (await get?.('http://a/metrics', new AbortController().signal))?.body;

test('ids are sorted and distinct, and each lie changes something', () => {
  expect(lies.map(({ id }) => id)).toEqual([...new Set(lies.map(({ id }) => id))].toSorted());
  for (const { rules, board, fetch } of lies)
    expect([rules, board, fetch].filter((part) => part !== undefined).length).toBe(1);
});

test('nervous-alert: at the bound instead of above it', () => {
  const { rules } = lieCalled('nervous-alert');
  expect(rules?.('      - alert: A\n        expr: sum(x) > 0\n        for: 1s\n')).toContain('expr: sum(x) >= 0\n');
});

test('pale-panel: only the first step is left', () => {
  const steps = [{ color: 'green' }, { color: 'red', value: 1 }];
  expect(JSON.parse(lieCalled('pale-panel').board?.(JSON.stringify({ panels: [{ steps }] })) ?? '')).toEqual({
    panels: [{ steps: [{ color: 'green' }] }],
  });
});

test.each(['nervous-alert', 'pale-panel'])('%s throws where it finds nothing to change', (id) => {
  const { rules, board } = lieCalled(id);
  expect(() => (rules ?? board)?.('{}')).toThrow('nothing to change');
});

test('silent-metrics: what alerts read is 0, everything else as it was', async () => {
  const page = '# HELP bad 5\nbad{a="x y"} 5\nbad_too 7\nbad 3.5\nok 4\n';
  const get = lieCalled('silent-metrics').fetch?.(async () => ({ status: 200, body: page }), new Set(['bad']));
  expect(await pageOf(get)).toBe('# HELP bad 5\nbad{a="x y"} 0\nbad_too 7\nbad 0\nok 4\n');
});

test('stopped-scrape: the first page of each address comes, no other', async () => {
  const get = lieCalled('stopped-scrape').fetch?.(async () => ({ status: 200, body: 'up 1' }), new Set());
  expect(await pageOf(get)).toBe('up 1');
  await expect(pageOf(get)).rejects.toThrow('stopped on purpose');
});
