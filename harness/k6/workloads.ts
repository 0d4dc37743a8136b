/** Traffic that no plan holds: a script makes it. */
import { between } from '../range.ts';
import { defineWorkload } from '../workload.ts';

const nothing = { batches: [] };

/** A script that lets itself be told for how long and how hard it shall ask. */
export const k6Load = defineWorkload({
  id: 'k6',
  summary: 'Runs a script in k6 for `seconds`, in which it sends up to `ordersPerSecond`.',
  params: { seconds: between(1, 86_400), ordersPerSecond: between(1, 10_000) },
  plan: () => nothing,
});

/** A script that decides all by itself. */
export const k6Script = defineWorkload({
  id: 'k6',
  summary: 'Runs a script in k6 as it is.',
  params: {},
  plan: () => nothing,
});
