import { expect, test } from 'vitest';
import { faults } from '#harness/faults/index';
import { invariants } from '#harness/invariants/index';
import { workloads } from '#harness/workloads/index';
import { providers } from '#mocks/index';
import * as door from './topple.ts';

test('every fault, invariant, workload and provider can be imported from the package', () => {
  const exported = new Set<unknown>(Object.values(door));
  const items = [...faults, ...invariants, ...workloads, ...Object.values(providers)];
  expect(items.filter((item) => !exported.has(item)).map(({ id }) => id)).toEqual([]);
});
