/** A slow link, by Toxiproxy's toxic of the same name. */
import { defineFault } from '../fault.ts';
import { between } from '../range.ts';

export const latency = defineFault({
  id: 'latency',
  layer: 'transport',
  summary: 'Delays everything that comes back over the link by `latencyMs`.',
  params: { latencyMs: between(1, 60_000) },
  inject: (site) =>
    site.addToxic(({ values }) => ({
      type: 'latency',
      stream: 'downstream',
      attributes: { latency: values.latencyMs, jitter: 0 },
    })),
});
